package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestStale checks that temporary files are removed exactly if they are for the same
// name and nobody holds them.
func TestStale(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "image")
	const stale = ".image.tmp-0123456789abcdef"
	others := []string{".image.tmp-0123456789abcde", ".image.tmp-mine------------", ".images.tmp-0123456789abcdef"}
	for _, name := range append(others, stale) {
		writeFile(t, filepath.Join(dir, name), "")
	}
	first := mustCreate(t, path)
	second := mustCreate(t, path)
	want := append(others, filepath.Base(first.current), filepath.Base(second.current))
	slices.Sort(want)
	if got := filesBelow(t, dir); !slices.Equal(got, want) {
		t.Errorf("there are %q, want %q", got, want)
	}
	for _, f := range []*newFile{first, second} {
		if err := f.publish(); err != nil {
			t.Error(err)
		}
		f.discard()
	}
	slices.Sort(others)
	if got := filesBelow(t, dir); !slices.Equal(got, append(others, "image")) {
		t.Errorf("there are %q, want %q and the image", got, others)
	}
	mustCreate(t, path).discard()
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

func mustCreate(t *testing.T, path string) *newFile {
	t.Helper()
	f, err := createFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
