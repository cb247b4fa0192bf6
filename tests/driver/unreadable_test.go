//go:build linux

package driver_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	graphdriver "github.com/containers/storage/drivers"
	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/driver/store/catalog"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/upkeep/fsck"
	"github.com/composefs-storage/composefs-storage/driver/upkeep/garbage"
)

// point makes a symlink lead somewhere else. One that leads to itself gives any look-up
// through it an error that is not fs.ErrNotExist, as a disk or a server does that fails.
func point(t testing.TB, link, to string) {
	t.Helper()
	must(t, errors.Join(os.Symlink(to, link+".new"), os.Rename(link+".new", link)))
}

// TestUnreadableStore has an additional image store that cannot be read for a time: what
// was merged of its layers stays, until they are gone.
func TestUnreadableStore(t *testing.T) {
	dirs := newDirs(t)
	filler := dirs.open(t, kind{})
	filler.layer(t, "base", "", small)
	filler.layer(t, "top", "base", small)
	link := dirs.path("additional")
	point(t, link, dirs.root())

	s := newStore(t, kind{options: []string{"overlay.imagestore=" + link}})
	s.read(t, "top", "ro")
	merged := filepath.Join(s.pool(), "chains", "top.merged")
	stores := &chain.Stores{Primary: chain.Store{Home: s.home()}, Additional: []chain.Store{{Home: filepath.Join(link, "overlay"), ReadOnly: true}}}
	removeOne := func() { // collects the garbage
		t.Helper()
		s.layer(t, "own", "", small)
		s.remove(t, "own")
	}
	kept := func(when string) {
		t.Helper()
		if _, err := os.Lstat(merged); err != nil {
			t.Errorf("%s: %v", when, err)
		}
	}
	kept("mounted")
	removeOne()
	kept("a layer was removed")

	point(t, link, link)
	removeOne()
	kept("the store cannot be read")
	if list, err := garbage.Survey(t.Context(), stores); !errors.Is(err, unix.ELOOP) {
		t.Errorf("survey: %+v, %v", list, err)
	}
	if list, err := garbage.Collect(t.Context(), stores); !errors.Is(err, unix.ELOOP) {
		t.Errorf("collect: %+v, %v", list, err)
	}
	kept("garbage was collected")

	point(t, link, dirs.root())
	s.read(t, "top", "ro")
	point(t, link, dirs.path("nowhere"))
	removeOne()
	if _, err := os.Lstat(merged); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the store has gone, and the link is there: %v", err)
	}
	point(t, link, dirs.root())
	s.read(t, "top", "ro")
}

// TestUnreadableImage mounts nothing, and merges nothing, where it cannot be found out
// whether there is an image.
func TestUnreadableImage(t *testing.T) {
	s := newStore(t, kind{})
	s.layer(t, "base", "", small)
	s.layer(t, "top", "base", small)
	s.read(t, "top", "ro")
	merged := filepath.Join(s.home(), "top", "composefs-data", "merged.blob")
	point(t, merged, merged)
	if dir, err := s.Get("top", graphdriver.MountOpts{Options: []string{"ro"}}); !errors.Is(err, unix.ELOOP) {
		t.Errorf("mounted on %s: %v", dir, err)
	}
	if to, err := os.Readlink(merged); err != nil || to != merged {
		t.Errorf("it was replaced: %s, %v", to, err)
	}
	must(t, os.Remove(merged))
	s.read(t, "top", "ro")
}

// TestUnreadablePool checks a store with a pool that cannot be read: that is an error, and no
// object counts as missing.
func TestUnreadablePool(t *testing.T) {
	d := newDamaged(t)
	stores := &chain.Stores{Primary: chain.Store{Home: d.home()}}
	for _, all := range []bool{true, false} {
		for name, path := range map[string]string{
			"pool":    d.pool(),
			"objects": filepath.Join(d.pool(), "objects"),
		} {
			must(t, os.Rename(path, path+".away"))
			point(t, path, path)
			options := fsck.Options{Stores: stores, All: all, Images: []catalog.Image{{ID: "image", Layer: "layer"}}}
			if report, err := fsck.Check(t.Context(), options); !errors.Is(err, unix.ELOOP) {
				t.Errorf("%s: %v, %+v", name, err, report.Findings)
			}
			if _, err := fsck.Repair(t.Context(), options, fsck.Sources{}); !errors.Is(err, unix.ELOOP) {
				t.Errorf("%s: repaired: %v", name, err)
			}
			must(t, errors.Join(os.Remove(path), os.Rename(path+".away", path)))
		}
	}
	shard := filepath.Dir(d.pooled(0))
	must(t, os.Rename(shard, shard+".away"))
	point(t, shard, shard)
	report, err := fsck.Check(t.Context(), fsck.Options{Stores: stores, All: true})
	must(t, err)
	if report.Damaged() != 1 || report.Findings[0].Kind != fsck.ObjectDamaged || report.Findings[0].Detail != unix.ELOOP.Error() {
		t.Errorf("a directory of the pool: %+v", report.Findings[0])
	}
	must(t, errors.Join(os.Remove(shard), os.Rename(shard+".away", shard)))
	d.check(t)
}
