package files_test

import (
	"errors"
	"io"
	"io/fs"
	"syscall"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/files"
)

// TestWithCleanup checks the text, and that unwrapping leads to the first error.
func TestWithCleanup(t *testing.T) {
	reset := &fs.PathError{Op: "read", Path: "blob", Err: syscall.ECONNRESET}
	for _, tc := range []struct {
		name     string
		err      error
		cleanups []error
		want     string
		first    error
	}{
		{"both succeed", nil, []error{nil, nil}, "", nil},
		{"the operation fails", reset, []error{nil}, reset.Error(), syscall.ECONNRESET},
		{"a clean-up fails", nil, []error{nil, syscall.EIO, io.EOF}, "input/output error; EOF", syscall.EIO},
		{"both fail", reset, []error{syscall.EIO}, "read blob: connection reset by peer; input/output error", syscall.ECONNRESET},
		{"for the same reason", reset, []error{syscall.ECONNRESET}, reset.Error(), syscall.ECONNRESET},
	} {
		err := files.WithCleanup(tc.err, tc.cleanups...)
		text, first := "", err
		if err != nil {
			text = err.Error()
		}
		for next := err; next != nil; next = errors.Unwrap(next) {
			first = next
		}
		if text != tc.want || first != tc.first { //nolint:errorlint // the same error
			t.Errorf("%s: %q and %v, want %q and %v", tc.name, text, first, tc.want, tc.first)
		}
	}
}
