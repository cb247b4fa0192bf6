package message

import (
	"errors"
	"fmt"
	"syscall"
)

// WithCleanup returns err, with the error of a clean-up after it unless that has the same cause:
// a broken disk needs one error. The result wraps err alone, unlike that of [errors.Join],
// because podman decides by the wrapped error whether to try a pull again, and does not look into
// joined errors. err is not nil.
func WithCleanup(err, cleanup error) error {
	var cause syscall.Errno
	if cleanup == nil || errors.As(err, &cause) && errors.Is(cleanup, cause) {
		return err
	}
	return fmt.Errorf("%w; %v", err, cleanup)
}
