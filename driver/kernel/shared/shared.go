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

// Mounts are the shared mounts that a directory records. Its methods may be called concurrently, and by
// several processes. Each takes the lock of the directory.
type Mounts struct {
	dir   string
	mount Mounter
}

// Mounter makes a detached mount of an image, as [mount.Erofs] does, for a mount point. If the mount ends by
// itself, the reason may be written to note.
type Mounter func(img *mount.Image, point, note string) (*os.File, error)

// New returns the mounts that dir records. dir need not exist. It must be on a file system that a
// reboot empties, such as /run.
func New(dir string, mount Mounter) *Mounts { return &Mounts{dir, mount} }

// Acquire mounts the image unless it is mounted, and records user until [Mounts.Release]. user is the
// absolute path at which the caller then mounts an overlay with the lease's root as a layer. A user may
// acquire several images, and the same one again.
//
// If img.Digest is set, the digest was compared when the image was mounted.
//
// The caller closes the lease after it has mounted the overlay, which then shows that the user exists.
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
	name := userName(user)
	if err := m.enlist(name, s); err != nil {
		return nil, errors.Join(err, m.delist(name))
	}
	record, err := s.addUser(user)
	if err != nil {
		return nil, errors.Join(err, m.delist(name))
	}
	opened := *img
	opened.File = f // the file whose inode names the directory
	root, ended, err := m.mounted(s, &opened)
	if err != nil {
		record.Close() //nolint:errcheck // a lock
		return nil, errors.Join(err, m.release(s, name), m.delist(name))
	}
	at := s.describe()
	at.Ended = ended
	return &Lease{root, at, record}, nil
}

// Release removes the user from all images, and unmounts images without other users. The user may be
// unknown, and its overlay may still be mounted. It looks at no other images, except for a user without a
// list: earlier versions wrote none.
func (m *Mounts) Release(user string) error {
	name := userName(user)
	err := m.locked(func() error {
		switch listed, err := m.listed(name); {
		case errors.Is(err, os.ErrNotExist):
			return m.each(func(s imageDir) error { return m.release(s, name) })
		case err != nil:
			return err
		default:
			var errs []error
			for _, s := range listed {
				errs = append(errs, m.release(s, name))
			}
			return errors.Join(append(errs, m.delist(name))...)
		}
	})
	if err != nil {
		return fmt.Errorf("release images of %q: %w", user, err)
	}
	return nil
}

// Sweep unmounts images without users. Users end without a Release in a crash, or when another program
// unmounts their overlay.
func (m *Mounts) Sweep() error {
	err := m.locked(func() error { return errors.Join(m.each(m.tidy), m.delistEnded()) })
	if err != nil {
		return fmt.Errorf("sweep shared images: %w", err)
	}
	return nil
}

// locked calls do under the lock, if there are any records.
func (m *Mounts) locked(do func() error) error {
	if _, err := os.Lstat(m.dir); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	unlock, err := m.lock()
	if err != nil {
		return err
	}
	defer unlock()
	return do()
}

// each calls do for all images. The caller holds the lock.
func (m *Mounts) each(do func(imageDir) error) error {
	entries, err := os.ReadDir(m.dir)
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range entries {
		if e.IsDir() {
			errs = append(errs, do(imageDir{filepath.Join(m.dir, e.Name())}))
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

// Lease is a shared mount whose user is about to mount an overlay.
type Lease struct {
	// Root is the root of the mount, for [mount.Layer].
	Root *os.File

	// Mount describes the mount. If an earlier one of the image has ended, other users may still have that one.
	Mount Mount

	record *os.File
}

// Close ends the lease and closes Root. From then on the user exists only if its overlay is mounted.
func (l *Lease) Close() error { return errors.Join(l.Root.Close(), l.record.Close()) }
