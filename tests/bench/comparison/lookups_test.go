package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func mkdirs(t *testing.T, names ...string) (root string) {
	t.Helper()
	root = t.TempDir()
	for _, name := range names {
		if err := os.MkdirAll(filepath.Join(root, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestChooseDirs(t *testing.T) {
	root := mkdirs(t, "usr/bin", "usr/share/a", "var/lib")
	if err := os.Symlink("usr/bin", filepath.Join(root, "etc")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		choose func(string) ([]string, error)
		want   []string
	}{
		{"all", allDirs, []string{".", "usr", "usr/bin", "usr/share", "usr/share/a", "var", "var/lib"}},
		{"search", searchDirs, []string{"usr/bin", "usr/share"}},
		{"common", commonDirs, []string{".", "var", "var/lib"}},
	} {
		if got, err := c.choose(root); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, %v, want %q", c.name, got, err, c.want)
		}
	}
	if got, err := searchDirs(mkdirs(t, "a")); err == nil {
		t.Errorf("none of the directories is there, but got %q", got)
	}
}

func TestLookUpIn(t *testing.T) {
	root := mkdirs(t, "a", "b", "c")
	s, err := lookUpIn(allDirs)(root)
	if err != nil || s.Entries != 4 || s.CPU <= 0 || s.Again <= 0 {
		t.Errorf("%+v, %v, want times in 4 directories", s, err)
	}
	if err := os.WriteFile(filepath.Join(root, "b", absent(2)), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := lookUpIn(allDirs)(root); err == nil || !strings.Contains(err.Error(), "b/"+absent(2)) {
		t.Errorf("a name is there, but got %v", err)
	}
}

func TestMeanLayers(t *testing.T) {
	layers := []string{mkdirs(t, "a/b"), mkdirs(t, "a"), mkdirs(t, "c")}
	if err := os.Symlink("c", filepath.Join(layers[2], "a")); err != nil { // hides the lower one
		t.Fatal(err)
	}
	if got := meanLayers(layers, []string{"a", "a/b"}); got != 1.5 {
		t.Errorf("%v, want 1.5", got)
	}
}
