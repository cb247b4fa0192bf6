package blob

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/containers/storage/pkg/archive"

	"github.com/composefs-storage/composefs-storage/driver/pull/decompress"
)

// ErrFormat is the error of Read for a blob that containers/image may be able to decompress.
var ErrFormat = errors.New("compression is not gzip or zstd as usual")

// ErrDecompress is the error of Read for a blob that has the right digest but invalid content.
var ErrDecompress = errors.New("the blob cannot be decompressed")

// decompressed returns the content and the compression of a blob. The first bytes determine the compression.
func decompressed(r io.Reader, choice decompress.Choice) (content io.ReadCloser, c archive.Compression, _ error) {
	b := bufio.NewReaderSize(r, 64<<10)
	head, err := b.Peek(10)
	if err != nil && err != io.EOF {
		return nil, c, err
	}
	switch c = archive.DetectCompression(head); c {
	case archive.Uncompressed:
		return io.NopCloser(b), c, nil
	case archive.Gzip:
		z, err := decompress.Gzip(b, choice)
		if err != nil {
			return nil, c, fmt.Errorf("%w: %w", ErrDecompress, err)
		}
		return z, c, nil
	case archive.Zstd:
		z, err := decompress.Zstd(b, choice)
		return z, c, err
	default:
		return nil, c, fmt.Errorf("%w but %s", ErrFormat, c.Extension())
	}
}
