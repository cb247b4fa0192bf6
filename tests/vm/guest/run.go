package main

import (
	"os"
	"os/exec"
	"runtime"

	"golang.org/x/sys/unix"
)

// limited runs a command for which limits and quotas hold, though it is root.
func limited(args []string) error {
	runtime.LockOSThread() // it is the thread that has capabilities
	if err := unix.Prctl(unix.PR_CAPBSET_DROP, unix.CAP_SYS_RESOURCE, 0, 0, 0); err != nil {
		return err
	}
	return become(args)
}

// sharing runs a command while it holds a file's lock, as others may too.
func sharing(args []string) error {
	fd, err := unix.Open(args[0], unix.O_RDONLY, 0) // for the command too
	if err == nil {
		err = unix.Flock(fd, unix.LOCK_SH)
	}
	if err != nil {
		return &os.PathError{Op: "lock", Path: args[0], Err: err}
	}
	return become(args[1:])
}

// become runs a command in the place of this one.
func become(args []string) error {
	path, err := exec.LookPath(args[0])
	if err != nil {
		return err
	}
	return unix.Exec(path, args, os.Environ())
}
