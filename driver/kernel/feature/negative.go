//go:build linux

package feature

import (
	"errors"
	"slices"

	"golang.org/x/sys/unix"
)

// negatives are what kernels answer to what they do not know. EPERM is not among them:
// it may be a matter of rights.
var negatives = []error{unix.EINVAL, unix.EOPNOTSUPP, unix.ENOSYS, unix.ENODEV, unix.ENOTBLK, unix.ENOTTY}

// negative reports whether err says that the kernel cannot.
func negative(err error) bool {
	return slices.ContainsFunc(negatives, func(n error) bool { return errors.Is(err, n) })
}
