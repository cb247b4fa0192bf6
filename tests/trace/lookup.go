//go:build linux

package trace

import (
	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/tests/seccomp"
)

// Lookups of files below the traced directory, which only [RunLookups] shows. List is a read of a
// part of a directory: a short directory is read in two calls, of which the last one returns nothing.
const (
	Open   Op = "open"
	Lookup Op = "lookup"
	List   Op = "list"
)

// lookups are the traced system calls.
var lookups = map[uint32]form{
	unix.SYS_OPENAT:     of(Open, 0, 1),
	unix.SYS_OPENAT2:    of(Open, 0, 1),
	unix.SYS_NEWFSTATAT: of(Lookup, 0, 1),
	unix.SYS_STATX:      of(Lookup, 0, 1),
	unix.SYS_FACCESSAT:  of(Lookup, 0, 1),
	unix.SYS_FACCESSAT2: of(Lookup, 0, 1),
	unix.SYS_READLINKAT: of(Lookup, 0, 1),
	unix.SYS_LGETXATTR:  of(Lookup, -1, 0),
	unix.SYS_GETDENTS64: of(List, 0, -1),
}

func lookupRules() (list []seccomp.Rule) {
	for number := range lookups {
		list = append(list, seccomp.Rule{Number: number})
	}
	return list
}
