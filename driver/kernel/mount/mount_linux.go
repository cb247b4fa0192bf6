package mount

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// Do mounts the plan on target, which must be a directory. After an error nothing is mounted. Errors
// start with "mount overlay on", and wrap [ErrPlan] if the plan is invalid.
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

// Detached makes a detached mount of the plan. The file is its root, opened with O_PATH. Callers open
// files relative to it. Closing it unmounts, unless [Attach] has attached it.
func Detached(p *Plan) (*os.File, error) {
	return abilities().detachedOverlay(p)
}

// Attach attaches a detached mount to a directory.
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

// Undo detaches the topmost mount on target (MNT_DETACH): lookups no longer see it, and the kernel
// unmounts it when its last user ends. A target that is missing or no mount point is no error, as in
// the stock driver's Put.
func Undo(target string) error {
	err := unix.Unmount(target, unix.MNT_DETACH)
	if err == nil || errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOENT) {
		return nil
	}
	return &os.PathError{Op: "unmount", Path: target, Err: err}
}

// openPath opens a directory with O_PATH.
func openPath(path string) (*os.File, error) {
	return os.OpenFile(path, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
}

// procPath returns a path by which system calls find an open file. It is short and needs no escapes,
// unlike the file's own path.
func procPath(f *os.File) string { return fmt.Sprintf("/proc/self/fd/%d", f.Fd()) }
