//go:build linux

package driver_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/containers/storage/drivers/overlay"
	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/driver"
	"github.com/composefs-storage/composefs-storage/tests/mounted"
	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/stock"
)

// dirs is a directory with those of a store: root and run.
type dirs string

// newDirs makes the directories of a store, on a disk. After the test nothing may be
// mounted in them, but for the driver's home on itself.
func newDirs(t testing.TB) dirs {
	t.Helper()
	needs.Root(t)
	unix.Umask(0o022) // it decides the mode of implied directories
	dir, err := os.MkdirTemp(needs.Disk(t), "driver")
	must(t, err)
	d := dirs(dir)
	must(t, errors.Join(os.Mkdir(d.root(), 0o700), os.Mkdir(d.path("run"), 0o700))) // as containers/storage does
	t.Cleanup(func() {
		for _, point := range d.mounts(t) {
			t.Errorf("%s is mounted", point)
		}
		left, err := stock.Mounts(dir)
		for _, point := range left {
			if err := unix.Unmount(point, unix.MNT_DETACH); err != nil {
				t.Errorf("unmount %s: %v", point, err)
			}
		}
		if left, err2 := stock.Mounts(dir); err != nil || err2 != nil || len(left) > 0 {
			t.Fatalf("leaving %s: %v, %v", dir, err, left) // nothing is removed through a mount
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return d
}

func (d dirs) path(names ...string) string {
	return filepath.Join(append([]string{string(d)}, names...)...)
}

func (d dirs) root() string { return d.path("root") }
func (d dirs) home() string { return d.path("root", "overlay") }
func (d dirs) pool() string { return d.path("root", "overlay-composefs") }

// mounts returns the mounts in the directories, apart from the homes.
func (d dirs) mounts(t testing.TB) []string {
	t.Helper()
	list, err := stock.Mounts(string(d))
	must(t, err)
	return slices.DeleteFunc(list, func(point string) bool { return filepath.Base(point) == "overlay" })
}

// store is a driver and its directories.
type store struct {
	graphdriver.Driver
	dirs
}

// kind selects a driver and its settings.
type kind struct {
	stock   bool     // the stock driver
	off     bool     // ours, with use_composefs off
	unset   bool     // ours, with both switches left out
	options []string // driver options
	verity  string   // of composefs.conf, "" for none
	images  string   // directory of the image store

	composefs string // composefs.conf; composefs-digests.d is beside it
}

const switchesOn = `[storage]
driver = "overlay"
[storage.options.pull_options]
enable_partial_images = "true"
convert_images = "true"
`

// open makes a driver, as each process does.
func (d dirs) open(t testing.TB, k kind) *store {
	t.Helper()
	s, err := d.tryOpen(t, k)
	must(t, err)
	t.Cleanup(func() {
		if err := s.Cleanup(); err != nil {
			t.Errorf("Cleanup: %v", err)
		}
	})
	return s
}

func (d dirs) tryOpen(t testing.TB, k kind) (*store, error) {
	t.Helper()
	init, text := driver.Init, switchesOn
	options := slices.Clone(k.options)
	switch {
	case k.stock:
		init, text = overlay.Init, ""
	case k.unset:
		text = ""
	case k.off:
		text = ""
		options = append(options, "overlay.use_composefs=false")
	default:
		options = append(options, "overlay.use_composefs=true")
	}
	conf := d.path("storage.conf")
	must(t, os.WriteFile(conf, []byte(text), 0o600))
	t.Setenv("CONTAINERS_STORAGE_CONF", conf)
	own := k.composefs
	if k.verity != "" {
		own += `verity = "` + k.verity + `"`
	}
	must(t, os.WriteFile(d.path("composefs.conf"), []byte(own), 0o600))
	t.Setenv("CONTAINERS_COMPOSEFS_CONF", d.path("composefs.conf"))
	inner, err := init(d.home(), graphdriver.Options{
		Root: d.root(), RunRoot: d.path("run"), ImageStore: k.images, DriverOptions: options,
	})
	return &store{inner, d}, err
}

// newStore makes a driver with directories of its own.
func newStore(t testing.TB, k kind) *store {
	t.Helper()
	return newDirs(t).open(t, k)
}

// layer makes a layer of a tar.
func (s *store) layer(t testing.TB, id, parent string, layer []byte) {
	t.Helper()
	must(t, s.Create(id, parent, nil))
	_, err := stock.PutDiff(s.Driver, id, parent, graphdriver.ApplyDiffOpts{Diff: bytes.NewReader(layer)})
	if err != nil {
		t.Fatalf("layer %s: %v", id, err)
	}
}

// remove removes layers, the last one first.
func (s *store) remove(t testing.TB, names ...string) {
	t.Helper()
	for _, id := range slices.Backward(names) {
		if err := s.Remove(id); err != nil {
			t.Errorf("remove %s: %v", id, err)
		}
	}
}

// read mounts a layer for a moment and returns its tree.
func (s *store) read(t testing.TB, id string, options ...string) *tree.Tree {
	t.Helper()
	got, err := s.tryRead(t, id, options...)
	must(t, err)
	return got
}

func (s *store) tryRead(t testing.TB, id string, options ...string) (*tree.Tree, error) {
	t.Helper()
	dir, err := s.Get(id, graphdriver.MountOpts{Options: options})
	must(t, err)
	defer s.put(t, id)
	return mounted.Read(dir, mounted.Options{SkipGhosts: true})
}
