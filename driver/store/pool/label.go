//go:build linux

package pool

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// selinuxXattr is the SELinux label of a file, kept also where the kernel has no SELinux.
const selinuxXattr = "security.selinux"

// create makes the directory of a pool, unless it is there, with the SELinux label of the
// layers' directory. Policies know that one by its path and give it a label that containers
// may read, and have not heard of pools. What is made in a directory takes its label, so
// that this is all there is to do. A pool that is there has the label that its owner wants.
func create(pool, layers string) error {
	label, err := labelOf(layers)
	if err != nil || label == "" {
		return err
	}
	if err := os.Mkdir(pool, 0o700); err != nil {
		if errors.Is(err, os.ErrExist) {
			return nil
		}
		return err
	}
	if is, err := labelOf(pool); err != nil || is == label {
		return err
	}
	err = unix.Lsetxattr(pool, selinuxXattr, []byte(label), 0)
	if errors.Is(err, unix.ENOTSUP) || errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) {
		return nil // a label for all of the mount, or who is confined and cannot choose
	}
	if err != nil {
		return &os.PathError{Op: "set the SELinux label " + label + " of", Path: pool, Err: err}
	}
	return nil
}

// labelOf returns the SELinux label of a file, "" if it has none.
func labelOf(path string) (string, error) {
	var label [4096]byte
	n, err := unix.Lgetxattr(path, selinuxXattr, label[:])
	switch {
	case errors.Is(err, unix.ENODATA), errors.Is(err, unix.ENOTSUP):
		return "", nil
	case err != nil:
		return "", &os.PathError{Op: "read the SELinux label of", Path: path, Err: err}
	}
	return string(label[:n]), nil
}
