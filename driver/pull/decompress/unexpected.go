//go:build cgo && (isal || libzstd)

package decompress

import "io"

// unexpected returns io.ErrUnexpectedEOF for io.EOF.
func unexpected(err error) error {
	if err == io.EOF { //nolint:errorlint // one of the reader that wraps it is more precise
		return io.ErrUnexpectedEOF
	}
	return err
}
