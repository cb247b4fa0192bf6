//go:build linux

package podman

import (
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

const cgroups = "/sys/fs/cgroup"

// enterCgroup2 runs this program again in a mount namespace with cgroup v2, if podman needs it and the
// machine has cgroup v1 there. The hierarchy has the controllers that v1 does not use, which may be
// none. Without root it does nothing: tests that run podman need root.
func enterCgroup2() error {
	var fs unix.Statfs_t
	if err := unix.Statfs(cgroups, &fs); err != nil {
		return fmt.Errorf("%s: %w", cgroups, err)
	}
	if !needsCgroup2 || fs.Type == unix.CGROUP2_SUPER_MAGIC || os.Getuid() != 0 {
		return nil
	}
	runtime.LockOSThread() // the namespace is that of a thread, and execve(2) keeps it
	if err := unix.Unshare(unix.CLONE_NEWNS); err != nil {
		return os.NewSyscallError("unshare", err)
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return os.NewSyscallError("make mounts private", err)
	}
	if err := unix.Mount("none", cgroups, "cgroup2", 0, ""); err != nil {
		return os.NewSyscallError("mount cgroup2", err)
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	return os.NewSyscallError("execve", unix.Exec(self, os.Args, os.Environ()))
}
