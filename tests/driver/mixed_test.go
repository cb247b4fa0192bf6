//go:build linux

package driver_test

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/tests/mounted"
	"github.com/composefs-storage/composefs-storage/tests/ociimage"
)

// mixed is a store that several have used: us with the switches on and off, and stock
// containers/storage with composefs on.
type mixed struct {
	on, off *store
	theirs  *store // of the stock driver, which judges
	r       *rand.Rand

	shown, hidden int // mounts
}

// some returns the driver with the switches on or off.
func (m *mixed) some() *store {
	if m.r.IntN(2) == 0 {
		return m.on
	}
	return m.off
}

// layer makes a layer in one of the ways, and returns which.
func (m *mixed) layer(t testing.TB, id, parent string, tar []byte) string {
	t.Helper()
	switch m.r.IntN(3) {
	case 0:
		m.on.layer(t, id, parent, tar)
		return "ours"
	case 1:
		if m.off.stockLayer(t, id, parent, tar) {
			return "stock"
		}
	}
	m.off.layer(t, id, parent, tar)
	return "plain"
}

// TestMixedChains stacks layers of all kinds, and a container on them. The tree and the commit do not
// depend on the kinds.
func TestMixedChains(t *testing.T) {
	dirs := newDirs(t)
	m := &mixed{on: dirs.open(t, kind{}), off: dirs.open(t, kind{off: true}), theirs: newStore(t, kind{stock: true})}
	eachImage(t, func(t *testing.T, img *ociimage.Image) {
		m.r = rand.New(rand.NewPCG(img.Seed, 3))
		t.Cleanup(func() {
			m.pair().remove(t, ids(img)...)
			report(t, "left in the pool", dirs.objects(t))
		})
		var kinds []string
		parent := ""
		for i, id := range ids(img) {
			kinds = append(kinds, m.layer(t, id, parent, img.Layers[i]))
			m.theirs.layer(t, id, parent, img.Layers[i])
			parent = id
			if !m.compare(t, fmt.Sprintf("%s, %v", id, kinds), id, allow(img.ImpliedIn[i]), "ro") {
				return
			}
		}
		t.Logf("layers: %v", kinds)
		m.commit(t, img)
	})
	t.Logf("%d mounts could be shown, %d not", m.shown, m.hidden)
	if m.hidden > m.shown/2 {
		t.Error("not enough of them")
	}
}

func (m *mixed) pair() pair { return pair{m.some(), m.theirs} }

// compare compares the trees of a layer, and reports whether the kernel can show ours. The kernel looks
// for an object in the plain layers below before it looks in the object directory, and fails if one of
// them has another file than a directory at the first part of the path, such as /c3.
func (m *mixed) compare(t testing.TB, what, id string, allow mounted.Allow, options ...string) bool {
	t.Helper()
	theirs := m.theirs.read(t, id, options...)
	ours, err := m.some().tryRead(t, id, options...)
	if errors.Is(err, unix.EIO) {
		t.Logf("%s: not to be shown by the kernel: %v", what, err)
		m.hidden++
		return false
	}
	must(t, err)
	m.shown++
	report(t, what, mounted.Compare(ours, theirs, allow))
	return true
}

// commit changes a container on the image and makes a layer of its changes.
func (m *mixed) commit(t *testing.T, img *ociimage.Image) {
	p := m.pair()
	top := ids(img)[len(img.Layers)-1]
	ours, theirs := p.container(t, "container", top)
	settle(t, img.Implied, ours, theirs)
	c := newMutator(t, img.Seed, ours, theirs)
	c.copies = true
	c.mutate(40)
	p.put(t, "container")
	if !m.compare(t, "container", "container", times) {
		return
	}
	// Where directories were renamed whose names patterns cannot match, differences are made
	// by comparing mounts.
	naive := leans(t, filepath.Join(p.ours.home(), "container", "diff"))
	p.layer(t, "commit", top, m.some().diff(t, "container", top), m.theirs.diff(t, "container", top))
	theirTree := m.theirs.read(t, "commit", "ro")
	ourTree, err := m.some().tryRead(t, "commit", "ro")
	if errors.Is(err, unix.EIO) {
		return
	}
	must(t, err)
	report(t, fmt.Sprintf("commit, naive: %v", naive), slices.DeleteFunc(mounted.Compare(ourTree, theirTree, times), func(d tree.Difference) bool {
		return naive && notCompared(d)
	}))
}

// notCompared reports whether a difference comes from the naive comparison of two mounts, which misses
// some changes and leaves such files to the lower layer.
func notCompared(d tree.Difference) bool {
	return d.What == "linked to" || d.What == "mtime" && strings.HasSuffix(d.B, ".000000000") && strings.HasPrefix(d.A, strings.TrimSuffix(d.B, "000000000")) ||
		strings.HasPrefix(d.What, "xattr trusted.") || strings.HasPrefix(d.What, "xattr system.")
}

// leans reports whether directories were renamed in an upper directory, which has only the
// names of them.
func leans(t testing.TB, dir string) (found bool) {
	t.Helper()
	must(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if _, err := unix.Lgetxattr(path, "trusted.overlay.redirect", nil); err == nil && e.IsDir() {
			found = true
		}
		return err
	}))
	return found
}

// TestRenames does what TestCommit does where directories of the image get other names,
// which a mount of the stock driver leaves to mv.
func TestRenames(t *testing.T) {
	p := newPair(t)
	m := &mixed{on: p.ours, off: p.ours, theirs: p.theirs}
	eachImage(t, func(t *testing.T, img *ociimage.Image) {
		m.r = rand.New(rand.NewPCG(img.Seed, 4))
		p.image(t, img)
		m.commit(t, img)
	})
	if m.hidden > 0 {
		t.Errorf("the kernel could not show %d mounts", m.hidden)
	}
}
