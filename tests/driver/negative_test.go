//go:build linux

package driver_test

import (
	"archive/tar"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// TestDifferences checks what compares lists.
func TestDifferences(t *testing.T) {
	for _, c := range []struct{ ours, theirs, want []string }{
		{nil, nil, nil},
		{[]string{"a", "b"}, []string{"a", "b"}, nil},
		{[]string{"a"}, nil, []string{"only ours: a"}},
		{nil, []string{"a"}, []string{"only stock's: a"}},
		{[]string{"b", "a"}, []string{"a", "b"}, []string{"the order is another one"}},
		{[]string{"a", "a"}, []string{"a"}, []string{"the order is another one"}},
	} {
		if got := differences(c.ours, c.theirs); !slices.Equal(got, c.want) {
			t.Errorf("%q and %q: %q, want %q", c.ours, c.theirs, got, c.want)
		}
	}
}

// TestEntries changes one thing at a time in a tar: it must be seen, but for the times
// of directories and of whiteouts.
func TestEntries(t *testing.T) {
	file := layertest.File("f", "content")
	dir, whiteout := layertest.Dir("d"), layertest.File("d/.wh.x", "")
	later := func(h *tar.Header) { h.ModTime = time.Unix(9, 0) }
	for _, c := range []struct {
		name string
		a, b layertest.Entry
		same bool
	}{
		{"nothing", file, file, true},
		{"name", file, layertest.File("g", "content"), false},
		{"content", file, layertest.File("f", "Content"), false},
		{"size", file, layertest.File("f", "conten"), false},
		{"type", layertest.File("f", ""), layertest.Dir("f"), false},
		{"mode", file, file.Owner(0, 0, 0o600), false},
		{"owner", file, file.Owner(1, 0, 0o644), false},
		{"group", file, file.Owner(0, 1, 0o644), false},
		{"time", file, file.With(later), false},
		{"xattr", file.Xattr("user.a", "1"), file.Xattr("user.a", "2"), false},
		{"xattr added", file, file.Xattr("user.a", "1"), false},
		{"target", layertest.Symlink("l", "a"), layertest.Symlink("l", "b"), false},
		{"hard link", layertest.Link("l", "a"), layertest.Link("l", "b"), false},
		{"device", layertest.Device("c", 1, 2), layertest.Device("c", 1, 3), false},
		{"time of a directory", dir, dir.With(later), true},
		{"mode of a directory", dir, dir.Owner(0, 0, 0o700), false},
		{"time of a whiteout", whiteout, whiteout.With(later), true},
	} {
		a, b := entries(t, layertest.Tar(c.a)), entries(t, layertest.Tar(c.b))
		if got := len(differences(a, b)) == 0; got != c.same {
			t.Errorf("%s: %q and %q", c.name, a, b)
		}
	}
}

// TestNormal checks that no more is overlooked than is to be.
func TestNormal(t *testing.T) {
	n := normal{settled: map[string]bool{"/settled": true}, symlinks: map[string]bool{"/link": true}}
	for _, c := range []struct {
		ours, theirs string
		same         bool
	}{
		{"C /link", "A /link", true}, {"C /other", "A /other", false}, {"C /link", "C /link/x", false},
		{"C /settled", "", true}, {"A /settled", "", false}, {"D /settled", "", false}, {"C /settled/x", "", false},
	} {
		theirs := []string{}
		if c.theirs != "" {
			theirs = append(theirs, c.theirs)
		}
		if got := len(differences(n.changes([]string{c.ours}), n.changes(theirs))) == 0; got != c.same {
			t.Errorf("%s and %s: same is %v", c.ours, c.theirs, got)
		}
	}
	n.parent = map[string]bool{"/there": true}
	if got := n.correct([]string{"C /there", "C /not", "A /there", "D /not"}); !slices.Equal(got, []string{"C /there", "A /not", "A /there", "D /not"}) {
		t.Errorf("corrected: %q", got)
	}
	list := []string{"A /a/link", "C /a", "C /a/other", "C /b"}
	n.symlinks["/a/link"] = true
	if left := n.changes(list); !slices.Equal(left, []string{"? /a/link", "C /a/other", "C /b"}) {
		t.Errorf("changes: %q", left)
	}
	all := entries(t, layertest.Tar(layertest.File("link/.wh..wh..opq", ""), layertest.File("other/.wh..wh..opq", ""), layertest.File("link/.wh.x", ""), layertest.Dir("link")))
	if left := n.diff(slices.Clone(all)); !slices.Equal(left, all[1:]) {
		t.Errorf("left: %q", left)
	}
	if left := noDirs(slices.Clone(all)); !slices.Equal(left, all[:3]) {
		t.Errorf("without directories: %q", left)
	}
}

// TestNotCompared checks which differences the naive way may make.
func TestNotCompared(t *testing.T) {
	for _, c := range []struct {
		d    tree.Difference
		want bool
	}{
		{tree.Difference{What: "linked to"}, true},
		{tree.Difference{What: "mtime", A: "5.123000000", B: "5.000000000"}, true},
		{tree.Difference{What: "mtime", A: "5.000000000", B: "5.123000000"}, false},
		{tree.Difference{What: "mtime", A: "6.123000000", B: "5.000000000"}, false},
		{tree.Difference{What: "xattr trusted.a"}, true},
		{tree.Difference{What: "xattr user.a"}, false},
		{tree.Difference{What: "content"}, false},
		{tree.Difference{What: "entry"}, false},
		{tree.Difference{What: "mode"}, false},
	} {
		if got := notCompared(c.d); got != c.want {
			t.Errorf("%v: %v", c.d, got)
		}
	}
}

// TestListing checks that a write to a store is seen.
func TestListing(t *testing.T) {
	dir := t.TempDir()
	must(t, os.WriteFile(dir+"/f", []byte("1"), 0o600))
	before := listing(t, dir)
	must(t, os.WriteFile(dir+"/f", []byte("22"), 0o600))
	if len(differences(listing(t, dir), before)) == 0 {
		t.Error("a file that was written to is as before")
	}
	before = listing(t, dir)
	must(t, os.WriteFile(dir+"/g", nil, 0o600))
	if len(differences(listing(t, dir), before)) == 0 {
		t.Error("a new file is not seen")
	}
}
