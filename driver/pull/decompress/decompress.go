package decompress

import (
	"bufio"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Choice selects the libraries that decompress.
type Choice uint8

const (
	// Auto is the C library of a format if the program is built with it, otherwise klauspost/compress.
	Auto Choice = iota
	// Go is klauspost/compress.
	Go
)

// WindowMax limits the memory in bytes that a zstd frame may need. It is the limit of zstd(1).
const WindowMax = 128 << 20

const inGo = "klauspost/compress"

// Libraries returns the names of the libraries for gzip and zstd.
func (c Choice) Libraries() (forGzip, forZstd string) {
	forGzip, forZstd = inGo, inGo
	if c == Auto && isal != nil {
		forGzip = "ISA-L"
	}
	if c == Auto && libzstd != nil {
		forZstd = "libzstd"
	}
	return forGzip, forZstd
}

// Gzip returns a reader of the content of a gzip stream. It reads r to its end unless an error comes
// first. The caller closes the reader, which does not close r.
//
// Errors of the stream are those of klauspost/compress: gzip.ErrHeader, gzip.ErrChecksum,
// io.ErrUnexpectedEOF, and others for an invalid deflate stream.
func Gzip(r *bufio.Reader, choice Choice) (io.ReadCloser, error) {
	if choice == Go || isal == nil {
		return gzip.NewReader(r)
	}
	return isal(r)
}

// Zstd returns a reader of the content of zstd frames. It reads r to its end unless an error comes
// first. The caller closes the reader, which does not close r.
//
// Errors of the stream are those of klauspost/compress: zstd.ErrWindowSizeExceeded for a frame that needs more
// memory than WindowMax, zstd.ErrMagicMismatch, zstd.ErrCRCMismatch, io.ErrUnexpectedEOF, and others
// for an invalid frame.
func Zstd(r *bufio.Reader, choice Choice) (io.ReadCloser, error) {
	if choice == Auto && libzstd != nil {
		return libzstd(r)
	}
	d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(WindowMax))
	if err != nil {
		return nil, err
	}
	return goZstd{d}, nil
}

// goZstd is a reader of klauspost/compress with one error for a frame that needs too much memory.
type goZstd struct{ *zstd.Decoder }

func (d goZstd) Read(p []byte) (int, error) {
	n, err := d.Decoder.Read(p)
	if errors.Is(err, zstd.ErrDecoderSizeExceeded) { // of a frame whose content is its window
		err = zstd.ErrWindowSizeExceeded
	}
	return n, err
}

func (d goZstd) Close() error {
	d.Decoder.Close()
	return nil
}
