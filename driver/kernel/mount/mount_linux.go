package mount

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// Do mounts the plan on target, which must be a directory. On error nothing has been
// mounted. Errors start with "mount overlay on"; those of the plan are [ErrPlan].
func Do(p *Plan, target string) error {
	mnt, err := Detached(p)
	if err == nil {
		err = errors.Join(Attach(mnt, target), mnt.Close())
	}
	if err != nil {
		return fmt.Errorf("mount overlay on %q: %w", target, err)
	}
	return nil
}

// Detached makes the mount without giving it a place. The file is its root, opened
// with O_PATH: files in it can be opened relative to it. Closing it unmounts, unless
// [Attach] has given it a place.
func Detached(p *Plan) (*os.File, error) {
	return abilities().detachedOverlay(p)
}

// Attach gives a detached mount its place.
func Attach(mnt *os.File, target string) error {
	dir, err := openPath(target)
	if err != nil {
		return err
	}
	defer dir.Close() //nolint:errcheck // O_PATH
	flags := unix.MOVE_MOUNT_F_EMPTY_PATH | unix.MOVE_MOUNT_T_EMPTY_PATH
	if err := unix.MoveMount(int(mnt.Fd()), "", int(dir.Fd()), "", flags); err != nil {
		return os.NewSyscallError("move_mount", err)
	}
	return nil
}

// Undo unmounts what is mounted on target, at once for whoever looks it up and
// really when the last user is gone. It is no error if nothing is mounted there or
// the target does not exist, as in the stock driver's Put.
func Undo(target string) error {
	err := unix.Unmount(target, unix.MNT_DETACH)
	if err == nil || errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOENT) {
		return nil
	}
	return &os.PathError{Op: "unmount", Path: target, Err: err}
}

// openPath opens a directory as a place only.
func openPath(path string) (*os.File, error) {
	return os.OpenFile(path, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
}

// procPath returns a path by which system calls find the very file that is open. It
// is short and plain whatever the file's own path.
func procPath(f *os.File) string { return fmt.Sprintf("/proc/self/fd/%d", f.Fd()) }
