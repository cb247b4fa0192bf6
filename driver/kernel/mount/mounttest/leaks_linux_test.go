package mounttest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount/mounttest"
	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// TestLeaks leaves one thing behind after the other: it must be found.
func TestLeaks(t *testing.T) {
	needs.Root(t)
	dir := mounttest.Scratch(t)
	s, err := mounttest.Write(dir, "inline")
	must(t, err)
	want := func(what string, words ...string) {
		t.Helper()
		got := mounttest.Leaks(dir)
		if len(got) != len(words) {
			t.Errorf("%s: found %q, want %q", what, got, words)
		}
		for i, w := range words {
			if i < len(got) && !strings.Contains(got[i], w) {
				t.Errorf("%s: found %q, want %q", what, got[i], w)
			}
		}
	}
	want("nothing")
	at := filepath.Join(dir, "a b\n")
	must(t, os.Mkdir(at, 0o755))
	loop, err := mount.Erofs(&mount.Image{Path: s.Image, Backing: mount.BackingLoop})
	must(t, err)
	want("a loop device", "backing_file: "+s.Image)
	must(t, mount.Attach(loop, at))
	want("a mount", at, "backing_file: "+s.Image)
	must(t, os.Mkdir(filepath.Join(dir, "composefs-mount-1"), 0o755))
	want("a directory", at, "backing_file: "+s.Image, "composefs-mount-1")
	mounttest.Unmount(dir)
	must(t, loop.Close())
	must(t, os.Remove(filepath.Join(dir, "composefs-mount-1")))
	if got := mounttest.Mounts(dir); len(got) != 0 {
		t.Errorf("still mounted: %q", got)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
