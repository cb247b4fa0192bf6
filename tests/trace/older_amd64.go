//go:build linux

package trace

import (
	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/tests/seccomp"
)

// older are calls that newer architectures lack. Go makes some of them.
var older = []seccomp.Rule{
	{Number: unix.SYS_MKDIR}, {Number: unix.SYS_RENAME}, {Number: unix.SYS_LINK}, {Number: unix.SYS_UNLINK},
	{Number: unix.SYS_RMDIR}, {Number: unix.SYS_SYMLINK}, {Number: unix.SYS_CHMOD}, {Number: unix.SYS_CHOWN}, {Number: unix.SYS_LCHOWN},
}

var olderForms = map[uint32]form{
	unix.SYS_MKDIR:   of(Mkdir, -1, 0),
	unix.SYS_RENAME:  {Rename, -1, 0, [2]int{-1, 1}},
	unix.SYS_LINK:    {Link, -1, 0, [2]int{-1, 1}},
	unix.SYS_UNLINK:  of(Remove, -1, 0),
	unix.SYS_RMDIR:   of(Remove, -1, 0),
	unix.SYS_SYMLINK: of(Symlink, -1, 1),
	unix.SYS_CHMOD:   of(Chmod, -1, 0),
	unix.SYS_CHOWN:   of(Chown, -1, 0),
	unix.SYS_LCHOWN:  of(Chown, -1, 0),
}
