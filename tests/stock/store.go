//go:build linux

package stock

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/containers/storage/drivers/overlay"
	"github.com/containers/storage/pkg/reexec"
	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/driver/kernel/mountinfo"
	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// Main is the TestMain of packages that use a Store: the driver starts copies of the
// test to unpack layers.
func Main(m *testing.M) {
	if testing.CoverMode() != "" && strings.HasPrefix(os.Args[0], "storage-") {
		silence()
	}
	if reexec.Init() {
		return
	}
	os.Exit(m.Run())
}

// silence discards the standard error of a copy in a root of its own. At its end the copy reports
// that it cannot write its coverage there, and the driver takes any words for a failure.
func silence() {
	if null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		_ = unix.Dup3(int(null.Fd()), int(os.Stderr.Fd()), 0)
	}
}

// Store is a stock overlay driver with a home of its own. Tests apply images one
// after the other.
type Store struct {
	root   string
	driver graphdriver.Driver
	layers int // that there have been
}

// New returns a driver that is gone, with all that it has mounted, when the test
// ends. It sets the umask of the process to 022, which decides the mode of implied
// directories.
func New(t testing.TB) *Store {
	t.Helper()
	needs.Root(t)
	unix.Umask(0o022)
	root, err := os.MkdirTemp(tempDir(t), "stock")
	if err != nil {
		t.Fatal(err)
	}
	s := &Store{root: root}
	t.Cleanup(func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
	// Options that are not given come from no configuration file here: no composefs.
	s.driver, err = overlay.Init(filepath.Join(root, "overlay"), graphdriver.Options{
		Root: root, RunRoot: filepath.Join(root, "run"),
	})
	if err != nil {
		t.Fatalf("stock driver: %v", err)
	}
	return s
}

// tempDir returns a directory for temporary files that a driver can use: overlay
// cannot be stacked on itself, and tmpfs has limits on xattrs.
func tempDir(t testing.TB) string {
	t.Helper()
	var st unix.Statfs_t
	if err := unix.Statfs(os.TempDir(), &st); err != nil {
		t.Fatal(err)
	}
	if st.Type == unix.TMPFS_MAGIC || st.Type == unix.OVERLAYFS_SUPER_MAGIC {
		return "/var/tmp"
	}
	return os.TempDir()
}

// Refusal is an error of the driver about a layer.
type Refusal struct {
	Layer int // its number, from 0 for the bottom
	Err   error
}

func (r *Refusal) Error() string { return fmt.Sprintf("layer %d: %v", r.Layer, r.Err) }

func (r *Refusal) Unwrap() error { return r.Err }

// Apply unpacks the layers, uncompressed tars, bottom first, mounts the topmost and
// returns where. The mount and the layers are gone when the test ends.
func (s *Store) Apply(t testing.TB, layers ...[]byte) string {
	t.Helper()
	dir, err := s.Try(t, layers...)
	if err != nil {
		t.Fatalf("stock driver: %v", err)
	}
	return dir
}

// Try is Apply for layers that the driver may refuse: then the error is a *Refusal.
func (s *Store) Try(t testing.TB, layers ...[]byte) (string, error) {
	t.Helper()
	var parent string
	for i, layer := range layers {
		s.layers++
		id := fmt.Sprintf("layer%d", s.layers)
		if err := s.driver.Create(id, parent, nil); err != nil {
			return "", err
		}
		t.Cleanup(func() {
			if err := s.driver.Remove(id); err != nil {
				t.Error(err)
			}
		})
		_, err := AddDiff(s.driver, id, parent, graphdriver.ApplyDiffOpts{Diff: bytes.NewReader(layer)})
		if err != nil {
			return "", &Refusal{i, err}
		}
		parent = id
	}
	dir, err := s.driver.Get(parent, graphdriver.MountOpts{Options: []string{"ro"}})
	if err != nil {
		return "", err
	}
	t.Cleanup(func() {
		if err := s.driver.Put(parent); err != nil {
			t.Error(err)
		}
	})
	return dir, nil
}

// Staged is a layer that has no place yet.
type Staged struct {
	Place  func(id string) (size int64, err error) // places it in a new, empty layer; the size is in bytes
	Remove func() error                            // removes what Place has not placed
}

// PutDiff gives a new, empty layer the files of a tar, as PutLayer of the store does. It returns their
// size in bytes.
func PutDiff(d graphdriver.Driver, id, parent string, o graphdriver.ApplyDiffOpts) (size int64, err error) {
	staged, err := Stage(d, parent, o)
	defer func() { err = errors.Join(err, staged.Remove()) }()
	if err != nil {
		return -1, err
	}
	return staged.Place(id)
}

// close unmounts remaining mounts below the root and removes it. Nothing is removed
// through a mount.
func (s *Store) close() error {
	var err error
	if s.driver != nil {
		err = s.driver.Cleanup()
	}
	left, mountsErr := Mounts(s.root)
	err = errors.Join(err, mountsErr)
	for _, dir := range left {
		err = errors.Join(err, os.NewSyscallError("unmount "+dir, unix.Unmount(dir, unix.MNT_DETACH)))
	}
	if err != nil {
		return fmt.Errorf("close stock driver, leaving %s: %w", s.root, err)
	}
	return os.RemoveAll(s.root)
}

// Mounts returns the mount points below dir, the last mounted first.
func Mounts(dir string) ([]string, error) {
	found, err := mountinfo.Below(dir)
	slices.Reverse(found)
	return found, err
}
