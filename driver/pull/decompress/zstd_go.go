//go:build !libzstd || !cgo

package decompress

import (
	"bufio"
	"io"
)

// libzstd is nil without the library.
var libzstd func(r *bufio.Reader) (io.ReadCloser, error)
