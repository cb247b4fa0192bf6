//go:build linux

package driver_test

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/containers/storage/pkg/idtools"
	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/tests/mounted"
	"github.com/composefs-storage/composefs-storage/tests/ociimage"
	"github.com/composefs-storage/composefs-storage/tests/stock"
)

// ranges returns maps of a user namespace whose root is that of the host's ids. Some owners
// of random images are not in them.
func ranges(uid, gid int) *idtools.IDMappings {
	return idtools.NewIDMappingsFromMaps(
		[]idtools.IDMap{{ContainerID: 0, HostID: uid, Size: 500}, {ContainerID: 500, HostID: uid + 70_000, Size: 60_000}},
		[]idtools.IDMap{{ContainerID: 0, HostID: gid, Size: 60_500}})
}

// copyTop has a driver make a copy of a layer with other owners, as containers/storage does
// where the kernel has no idmapped mounts.
func (s *store) copyTop(id, top, parent string, from, to *idtools.IDMappings) error {
	err := s.CreateFromTemplate(id, top, from, parent, nil, &graphdriver.CreateOpts{IDMappings: to}, false)
	if err == nil {
		err = s.UpdateLayerIDMap(id, from, to, "")
	}
	return err
}

// readMapped returns the tree of a layer that containers/storage mounts for a container with those maps
// on a kernel without idmapped mounts.
func (s *store) readMapped(t testing.TB, id string, maps *idtools.IDMappings, options ...string) *tree.Tree {
	t.Helper()
	got, err := s.tryReadMapped(t, id, maps, options...)
	must(t, err)
	return got
}

func (s *store) tryReadMapped(t testing.TB, id string, maps *idtools.IDMappings, options ...string) (*tree.Tree, error) {
	t.Helper()
	dir, err := s.Get(id, stock.OnDisk(maps, options...))
	must(t, err)
	defer s.put(t, id)
	return mounted.Read(dir, mounted.Options{SkipGhosts: true})
}

func (p pair) compareMapped(t testing.TB, what, id string, maps *idtools.IDMappings, allow mounted.Allow, options ...string) {
	t.Helper()
	report(t, what, mounted.Compare(p.ours.readMapped(t, id, maps, options...), p.theirs.readMapped(t, id, maps, options...), allow))
}

// ownFiles returns the regular files below a layer's directories that no other layer and no
// pool has, but for its images and what names it.
func (d dirs) ownFiles(t testing.TB, id string) (list []string) {
	t.Helper()
	dir := filepath.Join(d.home(), id)
	must(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !strings.HasPrefix(strings.TrimPrefix(path, dir), "/diff") || !e.Type().IsRegular() {
			return err
		}
		var st unix.Stat_t
		if err := unix.Lstat(path, &st); err != nil || st.Nlink == 1 {
			list = append(list, path)
			return err
		}
		return nil
	}))
	return list
}

// TestMappedCopy makes copies of images' top layers with the owners of user namespaces, and a copy of a
// copy. Their trees, containers on them, and their changes are as with the stock driver, and no content
// is copied.
func TestMappedCopy(t *testing.T) {
	p := newPair(t)
	as := p.ours.open(t, kind{stock: true}) // the stock driver on our store
	byStock := 0
	eachImage(t, func(t *testing.T, img *ociimage.Image) {
		names := ids(img)
		top, parent := p.image(t, img), ""
		if len(names) > 1 {
			parent = names[len(names)-2]
		}
		if namesOfOneByte(p.theirs.read(t, top, "ro")) {
			t.Skip("the stock driver overlooks names of one byte in the root, which it takes for the root")
		}
		none, first, second := idtools.NewIDMappingsFromMaps(nil, nil), ranges(100_000, 200_000), ranges(400_000, 300_000)
		// A copy of it fails if owners have become the overflow user in the first one,
		// with stock not always: it forgets errors that come when its walk is over.
		var again []bool
		for _, s := range []*store{p.ours, p.theirs} {
			must(t, s.copyTop("copy", top, parent, none, first))
			t.Cleanup(func() { s.remove(t, "copy") })
			err := s.copyTop("again", "copy", parent, first, second)
			t.Cleanup(func() { s.remove(t, "again") })
			again = append(again, err == nil)
			must(t, s.CreateReadWrite("box", "copy", &graphdriver.CreateOpts{IDMappings: first}))
			t.Cleanup(func() { s.remove(t, "box") })
		}
		may := allow(img.Implied)
		if again[0] && !again[1] {
			t.Error("the stock driver makes no copy of the copy")
		}
		for id, maps := range map[string]*idtools.IDMappings{"copy": first, "again": second} {
			if id == "again" && !again[0] {
				continue
			}
			report(t, id+" has contents", p.ours.ownFiles(t, id))
			p.compareMapped(t, id, id, maps, may, "ro")
			p.sameTar(t, id, img.Layers[len(img.Layers)-1])
			got, err := as.tryReadMapped(t, id, maps, "ro")
			if errors.Is(err, unix.EIO) { // the kernel cannot show it: see mixed.compare
				continue
			}
			must(t, err)
			byStock++
			report(t, id+" as stock reads it", mounted.Compare(p.ours.readMapped(t, id, maps, "ro"), got, mounted.Allow{}))
		}
		p.compareMapped(t, "box", "box", first, may)
		ours, theirs := p.ours.get(t, "box"), p.theirs.get(t, "box")
		settle(t, img.Implied, ours, theirs)
		m := newMutator(t, img.Seed, ours, theirs)
		m.alike = true
		m.mutate(40)
		p.put(t, "box")
		p.compareMapped(t, "box changed", "box", first, times)
		// Changes are not compared: stock looks for the copy's directories in the template.
		n := newNormal(img.Implied, p.theirs.read(t, "copy", "ro"))
		report(t, "diff", differences(n.diff(entries(t, p.ours.diff(t, "box", "copy"))), n.diff(entries(t, p.theirs.diff(t, "box", "copy")))))
		p.sameSize(t, "box", "box", "copy")
	})
	if byStock == 0 {
		t.Error("stock has read nothing")
	}
	report(t, "left in the pool", p.ours.contents(t))
}

func namesOfOneByte(tr *tree.Tree) bool {
	for e := range tr.Root.Dir.All() {
		if len(e.Name) == 1 {
			return true
		}
	}
	return false
}

// TestMappedCopyOfStock is the same of layers that stock containers/storage has made
// composefs, whose contents come into the pool so, and of mixed chains, where owners are
// changed in a mount.
func TestMappedCopyOfStock(t *testing.T) {
	for _, c := range []struct {
		name  string
		layer func(m *mixed, t testing.TB, i int, id, parent string, tar []byte)
		image bool // the copy becomes composefs
	}{
		{"stock", func(m *mixed, t testing.TB, _ int, id, parent string, tar []byte) {
			if !m.off.stockLayer(t, id, parent, tar) {
				m.on.layer(t, id, parent, tar)
			}
		}, true},
		{"mixed", func(m *mixed, t testing.TB, i int, id, parent string, tar []byte) {
			if i == 0 {
				m.off.layer(t, id, parent, tar)
				return
			}
			m.on.layer(t, id, parent, tar)
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			dirs := newDirs(t)
			m := &mixed{on: dirs.open(t, kind{}), off: dirs.open(t, kind{off: true}), theirs: newStore(t, kind{stock: true}), r: rand.New(rand.NewPCG(1, 1))}
			base := layertest.Tar(layertest.Dir("d"), layertest.File("d/f", strings.Repeat("f", 1000)), layertest.File("d/gone", "x"), layertest.File("keep", "k"))
			next := layertest.Tar(layertest.File("d/.wh.gone", ""), layertest.File("d/g", strings.Repeat("g", 2000)))
			to := ranges(100_000, 200_000)
			m.theirs.layer(t, "a", "", base)
			m.theirs.layer(t, "b", "a", next)
			c.layer(m, t, 0, "a", "", base)
			c.layer(m, t, 1, "b", "a", next)
			p := pair{m.on, m.theirs}
			for _, s := range []*store{p.ours, p.theirs} {
				must(t, s.copyTop("copy", "b", "a", idtools.NewIDMappingsFromMaps(nil, nil), to))
				must(t, s.CreateReadWrite("box", "copy", &graphdriver.CreateOpts{IDMappings: to}))
			}
			_, err := os.Stat(filepath.Join(dirs.home(), "copy", "composefs-data", "composefs.blob"))
			if (err == nil) != c.image {
				t.Errorf("image of the copy: %v", err)
			}
			p.compareMapped(t, "copy", "copy", to, times, "ro")
			p.compareMapped(t, "box", "box", to, times)
			p.remove(t, "a", "b", "copy", "box")
			report(t, "left in the pool", dirs.objects(t))
		})
	}
}

// TestMappedContainer changes the owners of all that a layer shows which is to be written
// to: that is done in a mount, which copies no contents.
func TestMappedContainer(t *testing.T) {
	p := newPair(t)
	tar := layertest.Tar(layertest.Dir("d"), layertest.File("d/big", strings.Repeat("big", 1<<20)).Owner(5, 6, 0o4755), layertest.File("d/small", "s"))
	p.layer(t, "top", "", tar, tar)
	to := ranges(100_000, 200_000)
	for _, s := range []*store{p.ours, p.theirs} {
		must(t, s.CreateReadWrite("c", "top", &graphdriver.CreateOpts{IDMappings: to}))
		t.Cleanup(func() { s.remove(t, "c") })
		must(t, s.UpdateLayerIDMap("c", &idtools.IDMappings{}, to, ""))
	}
	p.compareMapped(t, "unchanged", "c", to, times)
	p.get(t, "c")
	for _, s := range []*store{p.ours, p.theirs} {
		must(t, errors.Join(os.WriteFile(filepath.Join(s.home(), "c", "merged", "new"), []byte("new"), 0o600), os.Remove(filepath.Join(s.home(), "c", "merged", "d", "small"))))
		must(t, os.Chtimes(filepath.Join(s.home(), "c", "merged", "new"), time.Unix(9, 0), time.Unix(9, 0)))
	}
	p.put(t, "c")
	p.compareMapped(t, "changed", "c", to, times)
	var st unix.Stat_t
	must(t, unix.Lstat(filepath.Join(p.ours.home(), "c", "diff1", "d", "big"), &st))
	if st.Blocks*512 > 64<<10 {
		t.Errorf("the content was copied: %d blocks", st.Blocks)
	}
}
