//go:build linux

package feature

import (
	"errors"
	"slices"

	"golang.org/x/sys/unix"
)

// negatives are the errors of kernels for features that they lack. EPERM is not among them, because
// it may mean missing privileges.
var negatives = []error{unix.EINVAL, unix.EOPNOTSUPP, unix.ENOSYS, unix.ENODEV, unix.ENOTBLK, unix.ENOTTY}

// negative reports whether err means that the kernel lacks a feature.
func negative(err error) bool {
	return slices.ContainsFunc(negatives, func(n error) bool { return errors.Is(err, n) })
}
