package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/trace"
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

// TestPublish checks that a file is durable before it has its name, and the name before publish
// returns.
func TestPublish(t *testing.T) {
	needs.Root(t)
	trace.Run(t, func(t *testing.T, tracer *trace.Tracer) {
		dir := t.TempDir()
		var temporary string
		changes, _ := tracer.Do(dir, trace.Fault{}, func() {
			f := mustCreate(t, filepath.Join(dir, "image"))
			temporary = filepath.Base(f.current)
			if _, err := f.Write([]byte("content")); err != nil {
				t.Error(err)
			}
			if err := f.publish(); err != nil {
				t.Error(err)
			}
			f.discard()
		})
		want := []trace.Change{
			{Op: trace.Create, Path: temporary}, {Op: trace.Write, Path: temporary}, {Op: trace.Sync, Path: temporary},
			{Op: trace.Rename, Path: temporary, To: "image"}, {Op: trace.Sync, Path: "."},
		}
		if !slices.Equal(changes, want) {
			t.Errorf("%v, want %v", changes, want)
		}
	})
}

func mustCreate(t *testing.T, path string) *newFile {
	t.Helper()
	f, err := createFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
