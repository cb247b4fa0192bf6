//go:build linux

package oldkernel

import (
	"strings"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/tests/seccomp"
)

// Release is a release of Linux, of those that the next one has something over which
// composefs makes use of.
type Release int

// Features of the next release.
const (
	Linux5_1  Release = iota // fsopen and the like
	Linux6_4                 // data-only layers of overlayfs
	Linux6_7                 // lowerdir+ and datadir+
	Linux6_11                // EROFS images mounted from files
	Linux6_12                // layers as open files
	Linux6_15                // redirects into data-only layers without metacopy=on
)

func (r Release) String() string {
	return [...]string{"5.1", "6.4", "6.7", "6.11", "6.12", "6.15"}[r]
}

// calls are the system calls that are asked about.
var calls = []seccomp.Rule{
	{Number: unix.SYS_FSOPEN}, {Number: unix.SYS_FSCONFIG}, {Number: unix.SYS_FSMOUNT}, {Number: unix.SYS_MOVE_MOUNT},
	{Number: unix.SYS_OPEN_TREE}, {Number: unix.SYS_MOUNT_SETATTR}, {Number: unix.SYS_MOUNT},
}

// context is a file system that a process configures.
type context struct {
	process int
	fd      uint64
}

// refuse returns with which error that release answers a call, 0 if it does what this
// kernel does.
func (k *Kernel) refuse(c seccomp.Call) unix.Errno {
	upTo := func(last Release) bool { return k.release <= last }
	switch {
	case c.Number == unix.SYS_MOUNT:
		data := c.Text(4)
		if c.Text(2) != "overlay" || !strings.Contains(data, "::") {
			return 0
		}
		if upTo(Linux6_4) || upTo(Linux6_15) && strings.Contains(data, "metacopy=off") {
			return unix.EINVAL
		}
	case upTo(Linux5_1):
		return unix.ENOSYS
	case c.Number == unix.SYS_FSCONFIG:
		return k.refuseOption(c, upTo)
	}
	return 0
}

// refuseOption answers to fsconfig(2).
func (k *Kernel) refuseOption(c seccomp.Call, upTo func(last Release) bool) unix.Errno {
	key, at := c.Text(2), context{c.Process(), c.Args[0]}
	k.mu.Lock()
	defer k.mu.Unlock()
	switch key {
	case "source":
		if upTo(Linux6_11) && strings.HasPrefix(c.Text(3), "/proc/") { // as the image
			return unix.ENOTBLK
		}
	case "lowerdir+", "datadir+":
		if upTo(Linux6_7) || key == "datadir+" && upTo(Linux6_4) {
			return unix.EINVAL
		}
		if upTo(Linux6_12) && c.Args[1] == unix.FSCONFIG_SET_FD {
			return unix.EINVAL
		}
		k.data[at] = key == "datadir+" // which come last; the number may have been another context's
	case "metacopy": // comes after the layers
		redirects := k.data[at]
		delete(k.data, at)
		if upTo(Linux6_15) && redirects && c.Text(3) == "off" {
			return unix.EINVAL
		}
	}
	return 0
}
