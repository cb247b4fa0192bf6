package blob

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/containers/storage/pkg/archive"
	"github.com/klauspost/compress/zstd"

	"github.com/composefs-storage/composefs-storage/driver/pull/gunzip"
)

// ErrFormat is the error of Read for a blob that containers/image may be able to decompress.
var ErrFormat = errors.New("compression is not gzip or zstd as usual")

// ErrDecompress is the error of Read for a blob that has the right digest but invalid content.
var ErrDecompress = errors.New("the blob cannot be decompressed")

// windowMax limits the memory in bytes that a zstd stream may need. It is the limit of zstd(1).
const windowMax = 128 << 20

// decompress returns the content of a blob. The first bytes determine the format.
func decompress(r io.Reader, choice gunzip.Choice) (io.ReadCloser, error) {
	b := bufio.NewReaderSize(r, 64<<10)
	head, err := b.Peek(10)
	if err != nil && err != io.EOF {
		return nil, err
	}
	switch c := archive.DetectCompression(head); c {
	case archive.Uncompressed:
		return io.NopCloser(b), nil
	case archive.Gzip:
		z, err := gunzip.NewReader(b, choice)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrDecompress, err)
		}
		return z, nil
	case archive.Zstd:
		d, err := zstd.NewReader(b, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(windowMax))
		if err != nil {
			return nil, err
		}
		return d.IOReadCloser(), nil
	default:
		return nil, fmt.Errorf("%w but %s", ErrFormat, c.Extension())
	}
}
