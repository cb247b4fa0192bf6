//go:build linux

package podman

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// NewSmallStore makes an empty store like [NewStore], on an ext4 of its own that has so
// many bytes, made with further options of mkfs.ext4.
func NewSmallStore(t testing.TB, size int64, options ...string) *Store {
	t.Helper()
	return newDiskStore(t, size, "mkfs.ext4", "e2fsprogs", append([]string{"-q", "-m0", "-b4096"}, options...)...)
}

// newDiskStore makes an empty store on a file system of its own that has so many bytes, made
// by a program of a package of Debian.
func newDiskStore(t testing.TB, size int64, mkfs, debian string, options ...string) *Store {
	t.Helper()
	needs.Program(t, mkfs, debian)
	s := NewStore(t)
	disk := s.disk()
	if err := errors.Join(os.Mkdir(s.Root, 0o700), os.WriteFile(disk, nil, 0o600), os.Truncate(disk, size)); err != nil {
		t.Fatal(err)
	}
	for _, command := range [][]string{append(append([]string{mkfs}, options...), disk), {"mount", "-o", "loop", disk, s.Root}} {
		if out, err := exec.Command(command[0], command[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%q: %v: %s", command, err, out)
		}
	}
	return s
}

// disk is the disk of a small store.
func (s *Store) disk() string { return filepath.Join(s.Dir, "disk") }

// FillInodes leaves room for so many files on a small store, and returns what gives the
// rest back. It waits as [Store.Fill] does.
func (s *Store) FillInodes(t testing.TB, free int) (restore func()) {
	t.Helper()
	if err := s.Settle(); err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp(s.Root, "filler")
	n := 0
	for ; err == nil; n++ {
		err = os.WriteFile(filepath.Join(dir, strconv.Itoa(n)), nil, 0o600)
	}
	if !errors.Is(err, unix.ENOSPC) {
		t.Fatal(err)
	}
	for i := range min(free, n-1) {
		if err := os.Remove(filepath.Join(dir, strconv.Itoa(i))); err != nil {
			t.Fatal(err)
		}
	}
	return func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	}
}

// Fill leaves so many bytes of a small store free, and returns a function that gives the rest back. It waits
// until containers that have ended are tidied up, which gives room back: podman removes its
// database's write-ahead log. None must be running.
func (s *Store) Fill(t testing.TB, free int64) (restore func()) {
	t.Helper()
	if err := s.Settle(); err != nil {
		t.Fatal(err)
	}
	filler := filepath.Join(s.Root, "filler")
	f, err := os.Create(filler)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // nothing is written
	size := int64(0)
	for last := int64(-1); size > last; { // the file system may give back reserved space
		last = size
		if size, err = grow(f, size); err == nil {
			err = unix.Syncfs(int(f.Fd()))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Truncate(max(size-free, 0)); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.Remove(filler); err != nil {
			t.Error(err)
		}
	}
}

// grow makes a file as large as there is room for, and returns its size.
func grow(f *os.File, size int64) (int64, error) {
	for step := int64(1 << 30); step >= 4096; {
		switch err := unix.Fallocate(int(f.Fd()), 0, size, step); {
		case err == nil:
			size += step
		case errors.Is(err, unix.ENOSPC):
			step /= 2
		default:
			return size, err
		}
	}
	return size, nil
}
