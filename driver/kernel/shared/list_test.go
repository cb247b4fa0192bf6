//go:build linux

package shared_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestList releases a user beside an image that has a record of the user too, but is not in the user's
// list. Release must not look at it: its cost would grow with the number of mounted images.
func TestList(t *testing.T) {
	w := newWorld(t)
	dir := filepath.Join(w.dir, "run/shared")
	w.start(t, "a")
	lists, err := filepath.Glob(filepath.Join(dir, "*.images"))
	if err != nil || len(lists) != 1 {
		t.Fatalf("lists of one user: %v, %v", lists, err)
	}
	other := filepath.Join(dir, "0.0-0/users", strings.TrimSuffix(filepath.Base(lists[0]), ".images"))
	must(t, os.MkdirAll(filepath.Dir(other), 0o700))
	must(t, os.WriteFile(other, nil, 0o600))
	w.stop(t, "a")
	if _, err := os.Lstat(other); err != nil {
		t.Errorf("Release has looked at another image: %v", err)
	}
	must(t, w.mounts.Sweep())
	w.want(t, 0)
}

// TestWithoutList releases a user that an earlier version has recorded, which wrote no lists.
func TestWithoutList(t *testing.T) {
	w := newWorld(t)
	w.start(t, "a")
	w.start(t, "b")
	lists, err := filepath.Glob(filepath.Join(w.dir, "run/shared/*.images"))
	must(t, err)
	for _, name := range lists {
		must(t, os.Remove(name))
	}
	w.stop(t, "a")
	w.want(t, 1, "b")
	w.stop(t, "b")
	w.want(t, 0)
}
