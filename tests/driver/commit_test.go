//go:build linux

package driver_test

import (
	"errors"
	"testing"

	graphdriver "github.com/containers/storage/drivers"
	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/tests/mounted"
	"github.com/composefs-storage/composefs-storage/tests/ociimage"
)

// pair is two stores with the same layers: ours, and that of the stock driver, which
// judges.
type pair struct{ ours, theirs *store }

func newPair(t testing.TB) pair {
	t.Helper()
	return pair{newStore(t, kind{}), newStore(t, kind{stock: true})}
}

// compare compares the mounts of a layer.
func (p pair) compare(t testing.TB, what, id string, allow mounted.Allow, options ...string) {
	t.Helper()
	report(t, what, mounted.Compare(p.ours.read(t, id, options...), p.theirs.read(t, id, options...), allow))
}

// container makes a container and mounts it. It is gone when the test ends.
func (p pair) container(t testing.TB, id, parent string) (ours, theirs string) {
	t.Helper()
	return p.ours.container(t, id, parent), p.theirs.container(t, id, parent)
}

func (s *store) container(t testing.TB, id, parent string) string {
	t.Helper()
	must(t, s.CreateReadWrite(id, parent, nil))
	t.Cleanup(func() {
		s.put(t, id)
		s.remove(t, id)
	})
	return s.get(t, id)
}

func (s *store) get(t testing.TB, id string, options ...string) string {
	t.Helper()
	dir, err := s.Get(id, graphdriver.MountOpts{Options: options})
	must(t, err)
	return dir
}

func (p pair) get(t testing.TB, id string) {
	t.Helper()
	p.ours.get(t, id)
	p.theirs.get(t, id)
}

func (s *store) put(t testing.TB, id string) {
	t.Helper()
	if err := s.Put(id); err != nil {
		t.Errorf("Put: %v", err)
	}
}

func (p pair) put(t testing.TB, id string) {
	t.Helper()
	p.ours.put(t, id)
	p.theirs.put(t, id)
}

// image makes the layers of an image, which are gone when the test ends, and returns
// the topmost.
func (p pair) image(t testing.TB, img *ociimage.Image) string {
	t.Helper()
	names := p.ours.image(t, img)
	p.theirs.image(t, img)
	t.Cleanup(func() { p.remove(t, names...) })
	return names[len(names)-1]
}

// layer makes a layer of the tars, which is gone when the test ends.
func (p pair) layer(t testing.TB, id, parent string, ours, theirs []byte) {
	t.Helper()
	p.ours.layer(t, id, parent, ours)
	p.theirs.layer(t, id, parent, theirs)
	t.Cleanup(func() { p.remove(t, id) })
}

func (p pair) remove(t testing.TB, names ...string) {
	t.Helper()
	p.ours.remove(t, names...)
	p.theirs.remove(t, names...)
}

// sameDiff compares the changes of a layer in both drivers.
func (p pair) sameDiff(t testing.TB, what, id, parent string, n normal) {
	t.Helper()
	ours, theirs := p.ours.diff(t, id, parent), p.theirs.diff(t, id, parent)
	report(t, what+": diff", differences(n.diff(entries(t, ours)), n.diff(entries(t, theirs))))
	p.sameSize(t, what, id, parent)

	// The stock driver lists no changes where a directory is above a file, in
	// the container or in the image, or where a symlink leads to itself.
	changed, err := changes(p.ours, id, parent)
	must(t, err)
	judge, err := changes(p.theirs, id, parent)
	if errors.Is(err, unix.ENOTDIR) || errors.Is(err, unix.ELOOP) {
		t.Logf("%s: stock does not tell changes: %v", what, err)
		return
	}
	must(t, err)
	report(t, what+": changes", differences(n.changes(changed), n.changes(n.correct(judge))))
}

func (p pair) sameSize(t testing.TB, what, id, parent string) {
	t.Helper()
	ours, err := p.ours.DiffSize(id, nil, parent, nil, "")
	must(t, err)
	theirs, err := p.theirs.DiffSize(id, nil, parent, nil, "")
	must(t, err)
	if ours != theirs {
		t.Errorf("%s: size %d, stock %d", what, ours, theirs)
	}
}

// times are what may differ where directories are not implied, or settled.
var times = mounted.Allow{DirTimes: true}

// TestCommit is podman commit: a container on an image is changed at random, and what
// it changes becomes a layer.
func TestCommit(t *testing.T) {
	p := newPair(t)
	eachImage(t, func(t *testing.T, img *ociimage.Image) {
		top := p.image(t, img)
		ours, theirs := p.container(t, "container", top)
		settle(t, img.Implied, ours, theirs)
		m := newMutator(t, img.Seed, ours, theirs)
		m.alike = true // a renamed directory makes another diff, of the same tree: see TestMixedChains
		m.mutate(60)
		p.compare(t, "container", "container", times)
		n := newNormal(img.Implied, p.theirs.read(t, top, "ro"))
		p.sameDiff(t, "mounted", "container", top, n)
		p.put(t, "container")
		p.sameDiff(t, "not mounted", "container", top, n)
		p.compare(t, "container", "container", times)

		p.layer(t, "commit", top, p.ours.diff(t, "container", top), p.theirs.diff(t, "container", top))
		p.compare(t, "commit", "commit", times, "ro")
	})
}
