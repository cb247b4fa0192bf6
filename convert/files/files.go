//go:build linux

package files

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Locked reports whether another open file has a lock of flock(2) on the same file. If none has one,
// it takes LOCK_EX until f is closed.
func Locked(f *os.File) (bool, error) {
	err := Lock(f, unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return true, nil
	}
	return false, err
}

// Lock locks an open file with flock(2) until it is closed. how is LOCK_SH or LOCK_EX; with LOCK_NB
// the error wraps EWOULDBLOCK if another open file has the lock. Signals do not end the wait.
func Lock(f *os.File, how int) error {
	for {
		err := unix.Flock(int(f.Fd()), how)
		if err == nil {
			return nil
		}
		if !errors.Is(err, unix.EINTR) {
			return &os.PathError{Op: "lock", Path: f.Name(), Err: err}
		}
	}
}

// Sync makes a file durable, or the names in a directory.
func Sync(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return WithCleanup(f.Sync(), f.Close())
}

// NewPrefix is the beginning of the names of files that Replace writes. A killed process leaves them.
const NewPrefix = ".new-"

// Replace gives a file a new content in one step, for readers and for others that replace it too. It
// makes missing directories, and does not sync.
func Replace(path, content string) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, NewPrefix)
	if err != nil {
		return err
	}
	_, err = f.WriteString(content)
	if err = WithCleanup(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // a remaining file does no harm
	}
	return err
}

// SetOwner changes the owner and the mode of a file, including the setuid, setgid and sticky bits.
func SetOwner(path string, uid, gid, mode uint32) error {
	if err := unix.Chown(path, int(uid), int(gid)); err != nil {
		return &os.PathError{Op: "chown", Path: path, Err: err}
	}
	if err := unix.Chmod(path, mode&0o7777); err != nil {
		return &os.PathError{Op: "chmod", Path: path, Err: err}
	}
	return nil
}

// Link gives an open file another name, which is relative to the open directory dir or [unix.AT_FDCWD]. It links the
// descriptor, so that the name is that of the very file which was read. The error is that of linkat(2) alone.
func Link(f *os.File, dir int, name string) error {
	return unix.Linkat(unix.AT_FDCWD, fmt.Sprintf("/proc/self/fd/%d", f.Fd()), dir, name, unix.AT_SYMLINK_FOLLOW)
}

// Names returns the names in a directory, in no order.
func Names(dir string) ([]string, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // open for reading
	return f.Readdirnames(-1)
}

// IgnoreMissing returns err, or nil if it reports that a file does not exist.
func IgnoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
