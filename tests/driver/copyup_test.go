//go:build linux

package driver_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/tests/mounted"
	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// TestCopyUp changes each entry of each odd image in containers, so that overlayfs copies it
// up in each way, and commits the containers. Two judges do the same: a copy of the image's
// tree on the disk, which answers as in POSIX, and a container of the stock driver where
// that shows the same tree.
func TestCopyUp(t *testing.T) {
	needs.Program(t, "cp", "coreutils")
	stores := newPair(t)
	for _, c := range layertest.Ugly() {
		if c.Err != "" {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			u := newCopyUp(t, stores, c)
			for _, o := range operations {
				t.Run(o.name, func(t *testing.T) { u.judge(t, o, u.ours.container(t, "container", u.top)) })
				if o.metadata && !u.tooLong(o) {
					t.Run(o.name+" with metacopy", func(t *testing.T) { u.judge(t, o, u.withMetacopy(t)) })
				}
			}
		})
	}
}

// copyUp is an odd image in the stores.
type copyUp struct {
	pair
	layertest.Case
	top   string     // the topmost layer
	shown *tree.Tree // the tree of the image
	copy  string     // the same on the disk
}

func newCopyUp(t *testing.T, stores pair, c layertest.Case) *copyUp {
	t.Helper()
	u := &copyUp{pair: stores, Case: c, copy: stores.ours.path("copy")}
	for i, l := range c.Layers {
		parent, id := u.top, fmt.Sprintf("layer%d", i)
		u.ours.layer(t, id, parent, l)
		t.Cleanup(func() { u.ours.remove(t, id) })
		if u.shownByStock() {
			u.theirs.layer(t, id, parent, l)
			t.Cleanup(func() { u.theirs.remove(t, id) })
		}
		u.top = id
	}
	dir := u.ours.get(t, u.top, "ro")
	defer u.ours.put(t, u.top)
	u.shown = readTree(t, dir)
	copyTree(t, dir, u.copy)
	return u
}

func (u *copyUp) shownByStock() bool { return u.Stock == layertest.Same }

// committable reports whether layer tars can represent the changes of containers. In a tar, a name that
// begins like that of a whiteout is a whiteout.
func (u *copyUp) committable() bool { return u.Name != "directory named like a whiteout" }

// tooLong reports whether overlayfs refuses the operation with metacopy: a second name of
// a file without contents has their path, in 256 bytes at most.
func (u *copyUp) tooLong(o operation) bool {
	return o.name == "link" && u.Name == "long names and targets"
}

// withMetacopy returns a container that is mounted as on older kernels, and in mixed chains:
// overlayfs copies up metadata alone where that is enough.
func (u *copyUp) withMetacopy(t *testing.T) string {
	must(t, u.ours.CreateReadWrite("container", u.top, nil))
	must(t, os.WriteFile(filepath.Join(u.ours.home(), "container", "composefs-metacopy"), nil, 0o600))
	t.Cleanup(func() {
		u.ours.put(t, "container")
		u.ours.remove(t, "container")
	})
	return u.ours.get(t, "container")
}

// judge carries out an operation in our container, mounted at dir, and in those of the judges. It
// compares the results, the trees afterwards, and the commits.
func (u *copyUp) judge(t *testing.T, o operation, dir string) {
	paths := o.paths(u.shown)
	answers, shown := o.do(dir, paths), readTree(t, dir)

	posix := u.ours.path("posix")
	copyTree(t, u.copy, posix)
	report(t, "answers, of POSIX", differences(answers, o.do(posix, paths)))
	report(t, "container, POSIX", slices.DeleteFunc(mounted.Compare(shown, readTree(t, posix), newRoot), aboutLinks))

	diff := u.ours.diff(t, "container", u.top)
	if u.shownByStock() && !o.redirects {
		stock := u.theirs.container(t, "container", u.top)
		report(t, "answers, of stock", differences(answers, o.do(stock, paths)))
		report(t, "container, stock", mounted.Compare(shown, readTree(t, stock), times))
		n := newNormal(nil, u.shown)
		report(t, "diff", differences(n.diff(entries(t, diff)), n.diff(entries(t, u.theirs.diff(t, "container", u.top)))))
	}
	if u.committable() {
		u.ours.layer(t, "commit", u.top, diff)
		defer u.ours.remove(t, "commit")
		report(t, "commit", slices.DeleteFunc(mounted.Compare(u.ours.read(t, "commit", "ro"), shown, newRoot), o.inNoTar))
	}
}

// copyTree copies a directory for the duration of a test. Each name becomes a file of its
// own, as overlayfs makes of hard links when it copies them up.
func copyTree(t *testing.T, from, to string) {
	t.Helper()
	t.Cleanup(func() { run(t, "rm", "-rf", to) })
	run(t, "cp", "-a", "--no-preserve=links", from, to)
}

func run(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Errorf("%s %s: %v: %s", name, strings.Join(args, " "), err, out)
	}
}

func readTree(t *testing.T, dir string) *tree.Tree {
	t.Helper()
	got, err := mounted.Read(dir, mounted.Options{SkipGhosts: true})
	must(t, err)
	return got
}

// newRoot allows the difference of a container from its image: its root is new.
var newRoot = mounted.Allow{DirTimes: true, Metadata: map[string]bool{"/": true}}

// aboutLinks reports whether a difference is one of which names share a file.
func aboutLinks(d tree.Difference) bool { return d.What == "linked to" }

// inNoTar reports whether a difference is of something that containers/storage writes into
// no tar: fractions of a second, most xattrs, and that a file in a renamed directory has
// another name, in a layer below.
func (o operation) inNoTar(d tree.Difference) bool {
	xattr, ok := strings.CutPrefix(d.What, "xattr ")
	switch {
	case ok:
		return xattr != "security.capability" && !strings.HasPrefix(xattr, "user.") || strings.HasPrefix(xattr, "user.overlay.")
	case d.What == "mtime":
		seconds, _, _ := strings.Cut(d.B, ".")
		return d.A == seconds+".000000000"
	}
	return o.redirects && aboutLinks(d)
}
