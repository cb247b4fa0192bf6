//go:build linux

package driver_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/upkeep/garbage"
	"github.com/composefs-storage/composefs-storage/tests/ociimage"
)

// share makes the root of a store an additional image store of others: a mount that
// nothing can be written to.
func (d dirs) share(t testing.TB) string {
	t.Helper()
	at := d.path("shared")
	must(t, os.Mkdir(at, 0o700))
	must(t, unix.Mount(d.root(), at, "", unix.MS_BIND, ""))
	t.Cleanup(func() { must(t, unix.Unmount(at, 0)) })
	must(t, unix.Mount("", at, "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY, ""))
	return at
}

// listing lists all files in a directory with the facts that a write would change.
func listing(t testing.TB, dir string) (list []string) {
	t.Helper()
	must(t, filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		var st unix.Stat_t
		if err == nil {
			err = unix.Lstat(path, &st)
		}
		list = append(list, fmt.Sprint(path, st.Mode, st.Nlink, st.Uid, st.Gid, st.Size, st.Mtim, st.Ctim))
		return err
	}))
	return list
}

// TestAdditionalStore has containers on images of a store that must not be written to,
// which we or stock containers/storage have filled.
func TestAdditionalStore(t *testing.T) {
	for _, c := range []struct {
		name string
		fill func(s *store, t testing.TB, id, parent string, layer []byte)
		used bool // images were mounted there
	}{
		{"ours", (*store).layer, false},
		{"ours, used", (*store).layer, true},
		{"stock", func(s *store, t testing.TB, id, parent string, layer []byte) {
			if !s.stockLayer(t, id, parent, layer) {
				s.layer(t, id, parent, layer)
			}
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			dirs := newDirs(t)
			filler := dirs.open(t, kind{})
			theirs := newStore(t, kind{stock: true})
			img := ociimage.Random(*seed)
			parent := ""
			for i, id := range ids(img) {
				c.fill(filler, t, id, parent, img.Layers[i])
				theirs.layer(t, id, parent, img.Layers[i])
				parent = id
			}
			if c.used {
				filler.read(t, parent, "ro")
			}
			must(t, filler.Cleanup())
			before := listing(t, dirs.root())
			shared := dirs.share(t)
			for _, off := range []bool{false, true} {
				t.Run(fmt.Sprintf("off %v", off), func(t *testing.T) { useShared(t, theirs, shared, img, off) })
			}
			report(t, "store", differences(listing(t, dirs.root()), before))
		})
	}
}

// useShared uses an image of an additional store as podman would.
func useShared(t *testing.T, theirs *store, shared string, img *ociimage.Image, off bool) {
	s := newStore(t, kind{off: off, options: []string{"overlay.imagestore=" + shared}})
	p := pair{s, theirs}
	names := ids(img)
	top := names[len(names)-1]
	for i, id := range names {
		p.compare(t, id, id, allow(img.ImpliedIn[i]), "ro")
		p.sameTar(t, id, img.Layers[i])
	}
	ours, stock := p.container(t, "container", top)
	settle(t, img.Implied, ours, stock)
	m := newMutator(t, img.Seed, ours, stock)
	m.alike = true // see TestCommit
	m.mutate(30)
	p.sameDiff(t, "container", "container", top, newNormal(img.Implied, theirs.read(t, top, "ro")))
	p.put(t, "container")
	p.compare(t, "container", "container", times)
	layer := p.theirs.diff(t, "container", top)
	p.layer(t, "commit", top, layer, layer)
	p.compare(t, "commit", "commit", times, "ro")
	report(t, "mounted", s.mounts(t))
}

// TestAdditionalStoreGone removes layers of an additional store for which this store has a merged
// image. The next removal of a layer here removes the image.
func TestAdditionalStoreGone(t *testing.T) {
	dirs := newDirs(t)
	filler := dirs.open(t, kind{})
	filler.layer(t, "base", "", layertest.Tar(layertest.File("f", "base")))
	filler.layer(t, "top", "base", layertest.Tar(layertest.File("g", "top")))
	shared := dirs.share(t)
	s := newStore(t, kind{options: []string{"overlay.imagestore=" + shared}})
	s.read(t, "top", "ro")
	removal := func() []string {
		s.layer(t, "own", "", layertest.Tar(layertest.File("f", strings.Repeat("own ", 100))))
		s.remove(t, "own")
		return s.contents(t)
	}
	if has := removal(); len(has) != 2 { // an image, and the link for the layer
		t.Errorf("the pool has %v", has)
	}
	filler.remove(t, "base", "top")
	stores := &chain.Stores{Primary: chain.Store{Home: s.home()}, Additional: []chain.Store{{Home: filepath.Join(shared, "overlay"), ReadOnly: true}}}
	if found, err := garbage.Survey(t.Context(), stores); err != nil || len(found) != 1 || found[0].Images != 1 {
		t.Errorf("garbage: %+v, %v", found, err)
	}
	report(t, "left in the pool", removal())
}

// TestImageStore keeps images apart from containers.
func TestImageStore(t *testing.T) {
	dirs := newDirs(t)
	images := dirs.path("images")
	must(t, os.MkdirAll(images, 0o700))
	p := pair{dirs.open(t, kind{images: images}), newStore(t, kind{stock: true})}
	eachImage(t, func(t *testing.T, img *ociimage.Image) {
		t.Cleanup(func() {
			report(t, "left in the pool", listFiles(t, filepath.Join(images, "overlay-composefs"), "lock"))
		})
		top := p.image(t, img)
		for i, id := range ids(img) {
			p.compare(t, id, id, allow(img.ImpliedIn[i]), "ro")
			p.sameTar(t, id, img.Layers[i])
		}
		ours, theirs := p.container(t, "container", top)
		settle(t, img.Implied, ours, theirs)
		m := newMutator(t, img.Seed, ours, theirs)
		m.alike = true // see TestCommit
		m.mutate(30)
		p.put(t, "container")
		p.compare(t, "container", "container", times)
		p.sameDiff(t, "container", "container", top, newNormal(img.Implied, p.theirs.read(t, top, "ro")))
		report(t, "mounted", dirs.mounts(t))
		report(t, "in the other pool", dirs.objects(t))
	})
}
