//go:build linux

package files

import (
	"errors"
	"fmt"
	"syscall"
)

// WithCleanup returns err followed by the errors of clean-ups, without those that have the same
// cause. It returns the first clean-up error if err is nil. The result wraps that one error only,
// unlike the result of [errors.Join]: podman decides by the wrapped error whether to try a pull
// again, and it does not look into joined errors.
func WithCleanup(err error, cleanups ...error) error {
	for _, cleanup := range cleanups {
		var cause syscall.Errno
		switch {
		case err == nil:
			err = cleanup
		case cleanup != nil && !(errors.As(err, &cause) && errors.Is(cleanup, cause)):
			err = fmt.Errorf("%w; %v", err, cleanup) //nolint:errorlint // podman does not look into joined errors
		}
	}
	return err
}
