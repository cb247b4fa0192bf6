//go:build linux

package shared

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
)

// imageDir is the directory of one image. The caller of its methods holds the lock.
type imageDir struct{ dir string }

// image makes and returns the directory for the image that is open as f.
func (m *Mounts) image(f *os.File, img *mount.Image) (imageDir, error) {
	info, err := f.Stat()
	if err != nil {
		return imageDir{}, err
	}
	name := InodeName(info)
	if img.Digest != nil { // the digest of another mount was not compared with this one
		name += "-" + img.Digest.String()
		if img.Hash != nil {
			name += "-hashed"
		}
	}
	s := imageDir{filepath.Join(m.dir, name)}
	if err := os.MkdirAll(s.users(), 0o700); err != nil {
		return s, err
	}
	if err := os.Mkdir(s.root(), 0o700); !errors.Is(err, fs.ErrExist) { // whose server may have ended
		return s, err
	}
	return s, nil
}

// InodeName returns the device and the inode of an image in words.
func InodeName(image fs.FileInfo) string {
	st := image.Sys().(*syscall.Stat_t)
	return fmt.Sprintf("%d.%d-%d", unix.Major(st.Dev), unix.Minor(st.Dev), st.Ino)
}

func (s imageDir) root() string  { return filepath.Join(s.dir, "root") }
func (s imageDir) users() string { return filepath.Join(s.dir, "users") }

// user returns the path of the record of a user, by [userName].
func (s imageDir) user(name string) string { return filepath.Join(s.users(), name) }

// addUser records a user, and returns the record with a shared lock, which shows that the user is
// about to mount.
func (s imageDir) addUser(user string) (*os.File, error) {
	f, err := os.OpenFile(s.user(userName(user)), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = f.WriteAt([]byte(user), 0)
	if err == nil {
		err = files.Lock(f, unix.LOCK_SH)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// release removes a user, and unmounts the image if it was the last one. The user may be unknown.
func (m *Mounts) release(s imageDir, name string) error {
	err := os.Remove(s.user(name))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return errors.Join(err, m.tidy(s))
}

// mounted mounts the image unless it is mounted, and returns the open root. A mount whose server has ended stays
// below the new one.
func (m *Mounts) mounted(s imageDir, img *mount.Image) (root *os.File, ended, err error) {
	root, err = s.open()
	if errors.Is(err, unix.ENOTCONN) {
		ended, err = s.ended(), nil
	}
	if err != nil || root != nil {
		return root, nil, err
	}
	mnt, err := m.mount(img, s.root(), s.note())
	if err != nil {
		return nil, nil, err
	}
	if err := mount.Attach(mnt, s.root()); err != nil {
		return nil, nil, errors.Join(err, mnt.Close())
	}
	return mnt, ended, remove(s.note())
}

// open returns the root of the mounted image, nil if it is not mounted. The error is [unix.ENOTCONN] if its server
// has ended. The mount point itself is never on EROFS, because this package has made it.
func (s imageDir) open() (*os.File, error) {
	f, err := os.OpenFile(s.root(), unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	var st unix.Statfs_t
	err = unix.Fstatfs(int(f.Fd()), &st)
	switch {
	case err != nil:
		return nil, errors.Join(&os.PathError{Op: "statfs", Path: s.root(), Err: err}, f.Close())
	case uint32(st.Type) == unix.EROFS_SUPER_MAGIC_V1, st.Type == unix.FUSE_SUPER_MAGIC && isMountPoint(s.root()):
		return f, nil
	}
	return nil, f.Close()
}

// tidy unmounts the image and removes its directory if it has no user. It removes the records of
// ended users until it finds a user.
func (m *Mounts) tidy(s imageDir) error {
	records, err := os.ReadDir(s.users())
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	for _, r := range records {
		path := filepath.Join(s.users(), r.Name())
		if live, err := inUse(path); err != nil || live {
			return err
		}
		if err := errors.Join(remove(path), m.delist(r.Name())); err != nil {
			return err
		}
	}
	return errors.Join(s.unmount(), remove(s.note()), remove(s.root()), remove(s.users()), remove(s.dir))
}

// unmount unmounts the image. It may be mounted twice, one mount over the other, if a process in
// another mount namespace has mounted it too.
func (s imageDir) unmount() error {
	for isMountPoint(s.root()) {
		if err := mount.Undo(s.root()); err != nil {
			return err
		}
	}
	return nil
}

// inUse reports whether the user of a record has mounted an overlay, or is about to.
func inUse(record string) (bool, error) {
	f, err := os.Open(record)
	if err != nil {
		return false, err
	}
	defer f.Close() //nolint:errcheck // open for reading
	if locked, err := files.Locked(f); err != nil || locked {
		return locked, err
	}
	user, err := os.ReadFile(record)
	return err == nil && isMountPoint(string(user)), err
}

// isMountPoint reports whether a path is or may be a mount point. It returns true after any error but
// those of a missing path, and does not wait for unreachable file systems.
func isMountPoint(path string) bool {
	var st unix.Statx_t
	flags := unix.AT_SYMLINK_NOFOLLOW | unix.AT_NO_AUTOMOUNT | unix.AT_STATX_DONT_SYNC
	err := unix.Statx(unix.AT_FDCWD, path, flags, unix.STATX_TYPE, &st)
	if err != nil {
		return !errors.Is(err, unix.ENOENT) && !errors.Is(err, unix.ENOTDIR)
	}
	return st.Attributes&unix.STATX_ATTR_MOUNT_ROOT != 0
}

func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
