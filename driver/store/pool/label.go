//go:build linux

package pool

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// selinuxXattr contains the SELinux label of a file. Kernels without SELinux store it too.
const selinuxXattr = "security.selinux"

// create makes the directory of a pool with the SELinux label of the layers' directory. Policies give
// that directory a label that containers may read, but have no rule for pools. New files inherit the
// label of their directory, so the label of the pool is enough. An existing pool keeps its label.
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
		return nil // one label for the whole mount, or a confined process that cannot choose
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
