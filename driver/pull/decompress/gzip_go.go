//go:build !isal || !cgo

package decompress

import (
	"bufio"
	"io"
)

// isal is nil without ISA-L.
var isal func(r *bufio.Reader) (io.ReadCloser, error)
