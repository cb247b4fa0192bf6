package blob

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/containers/storage/pkg/archive"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// ErrFormat is what Read returns for a blob that others can decompress.
var ErrFormat = errors.New("compression is not gzip or zstd as usual")

// ErrDecompress is what Read returns for a blob that is the one which was asked for, yet
// damaged.
var ErrDecompress = errors.New("the blob cannot be decompressed")

// windowMax is how much memory a zstd stream may ask for: what zstd(1) allows too.
const windowMax = 128 << 20

// decompress returns what a blob contains. It looks at its first bytes.
func decompress(r io.Reader) (io.ReadCloser, error) {
	b := bufio.NewReaderSize(r, 64<<10)
	head, err := b.Peek(10)
	if err != nil && err != io.EOF {
		return nil, err
	}
	switch c := archive.DetectCompression(head); c {
	case archive.Uncompressed:
		return io.NopCloser(b), nil
	case archive.Gzip:
		z, err := gzip.NewReader(b)
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
