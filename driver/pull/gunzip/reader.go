package gunzip

import (
	"bufio"
	"io"

	"github.com/klauspost/compress/gzip"
)

// Choice is the library that decompresses.
type Choice uint8

const (
	// Auto is ISA-L if the program is built with it, otherwise klauspost/compress.
	Auto Choice = iota
	// Go is klauspost/compress.
	Go
)

// Library returns the name of the library that NewReader uses.
func (c Choice) Library() string {
	if c == Go || isal == nil {
		return "klauspost/compress"
	}
	return "ISA-L"
}

// NewReader returns a reader of the content of a gzip stream. It reads r to its end unless an error
// comes first. The caller closes the reader, which does not close r.
//
// Errors of the stream are those of klauspost/compress: gzip.ErrHeader, gzip.ErrChecksum,
// io.ErrUnexpectedEOF, and others for an invalid deflate stream.
func NewReader(r *bufio.Reader, choice Choice) (io.ReadCloser, error) {
	if choice == Go || isal == nil {
		return gzip.NewReader(r)
	}
	return isal(r)
}
