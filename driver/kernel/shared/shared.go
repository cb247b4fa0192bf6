//go:build linux

package shared

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
)

// Mounts are the mounts that are recorded in a directory. Any number of processes may
// have the same.
type Mounts struct{ dir string }

// New returns the mounts recorded in dir, which need not exist. It must be on a file
// system that a reboot empties, such as one below /run.
func New(dir string) *Mounts { return &Mounts{dir} }

// Acquire mounts the image unless it is mounted, and records that user is using it
// until [Mounts.Release]. user is the absolute path at which the caller then mounts an
// overlay that has the lease's root as a layer. The same user may acquire an image
// again, and others too.
//
// If img.Digest is set, the image was measured, or read and hashed, when it was mounted.
//
// The lease must be closed when the overlay is mounted: from then on it is the
// overlay that shows that the user is there.
func (m *Mounts) Acquire(img *mount.Image, user string) (*Lease, error) {
	l, err := m.acquire(img, user)
	if err != nil {
		return nil, fmt.Errorf("share %v for %q: %w", img, user, err)
	}
	return l, nil
}

func (m *Mounts) acquire(img *mount.Image, user string) (l *Lease, err error) {
	if !filepath.IsAbs(user) {
		return nil, errors.New("the user is not an absolute path")
	}
	unlock, err := m.lock()
	if err != nil {
		return nil, err
	}
	defer unlock()
	f := img.File
	if f == nil {
		if f, err = os.Open(img.Path); err != nil {
			return nil, err
		}
		defer f.Close() //nolint:errcheck // open for reading
	}
	s, err := m.image(f, img)
	if err != nil {
		return nil, err
	}
	record, err := s.addUser(user)
	if err != nil {
		return nil, err
	}
	opened := *img
	opened.File = f // what was looked at is what is mounted
	root, err := s.mounted(&opened)
	if err != nil {
		record.Close() //nolint:errcheck // a lock
		return nil, errors.Join(err, s.removeUser(user), s.tidy())
	}
	return &Lease{root, record}, nil
}

// Release ends the user's use of all images, and unmounts those that nobody else
// uses. It does not matter whether the user's overlay is still mounted, nor whether
// the user is known.
func (m *Mounts) Release(user string) error {
	err := m.each(func(s image) error {
		switch _, err := os.Lstat(s.user(user)); {
		case errors.Is(err, os.ErrNotExist):
			return nil
		case err != nil:
			return err
		}
		return errors.Join(s.removeUser(user), s.tidy())
	})
	if err != nil {
		return fmt.Errorf("release images of %q: %w", user, err)
	}
	return nil
}

// Sweep unmounts what nobody uses any more: users that crashed, or whose overlay was
// unmounted by somebody who does not know of this.
func (m *Mounts) Sweep() error {
	if err := m.each(image.tidy); err != nil {
		return fmt.Errorf("sweep shared images: %w", err)
	}
	return nil
}

// each calls do for all images, under the lock.
func (m *Mounts) each(do func(image) error) error {
	if _, err := os.Lstat(m.dir); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	unlock, err := m.lock()
	if err != nil {
		return err
	}
	defer unlock()
	entries, err := os.ReadDir(m.dir)
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range entries {
		if e.IsDir() {
			errs = append(errs, do(image{filepath.Join(m.dir, e.Name())}))
		}
	}
	return errors.Join(errs...)
}

// lock takes the lock, which is released by unlock or when the process ends.
func (m *Mounts) lock() (unlock func(), err error) {
	if err := os.MkdirAll(m.dir, 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(m.dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := files.Lock(f, unix.LOCK_EX); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() { f.Close() }, nil //nolint:errcheck // closing releases the lock
}

// Lease is a shared mount that is about to be used.
type Lease struct {
	// Root is the root of the mount, for [mount.Layer].
	Root *os.File

	record *os.File
}

// Close ends the time in which the user counts as there without having mounted
// anything. It closes Root.
func (l *Lease) Close() error { return errors.Join(l.Root.Close(), l.record.Close()) }
