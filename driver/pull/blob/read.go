package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"syscall"

	"github.com/containers/storage/pkg/archive"
	"github.com/klauspost/compress/zstd"
	digest "github.com/opencontainers/go-digest"

	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/driver/pull/decompress"
)

// Summary describes a blob.
type Summary struct {
	Digest      digest.Digest       // blob digest
	Compression archive.Compression // by which the blob was decompressed
	DiffID      digest.Digest       // digest of the tar
	Size        int64               // of the tar, in bytes
}

// ErrDigest is the error for a blob with another digest than the expected one.
var ErrDigest = errors.New("the blob is not the one that was asked for")

// Read reads a blob to its end and passes the entries of the tar in it to convert. It writes the uncompressed
// tar-split to tarSplit. After an error the caller discards the results of convert. A blob whose digest
// is not want gives [ErrDigest], whatever convert returns, because a wrong blob explains all other
// errors. After [ErrFormat], [ErrRequest] and [ErrPayload] the caller may download the layer another
// way.
//
// ctx ends requests for further parts. The source ends reads that have begun.
func Read(ctx context.Context, src Source, want digest.Digest, tarSplit io.Writer, convert func(layer.Entries) error) (Summary, error) {
	return read(ctx, src, want, func(tar *ahead) error { return split(tar, tarSplit, convert) })
}

// ReadKnown is Read for a tar that comes with a tar-split and the digests of its contents. If the tar
// differs from them, the error wraps [ErrLayout].
func ReadKnown(ctx context.Context, src Source, want digest.Digest, l *Layout, convert func(layer.Entries) error) (Summary, error) {
	return read(ctx, src, want, func(tar *ahead) error {
		err := convert(layer.NewEntries(ctx, l.reader(tar)))
		if err == nil {
			_, err = io.Copy(io.Discard, l.reader(tar))
		}
		if err == nil {
			err = l.end()
		}
		return err
	})
}

// read reads a blob and calls pass, which reads the tar in it to its end.
func read(ctx context.Context, src Source, want digest.Digest, pass func(tar *ahead) error) (Summary, error) {
	if err := want.Validate(); err != nil {
		return Summary{}, err
	}
	in := newParts(ctx, src)
	defer in.Close() //nolint:errcheck // open for reading
	compressed := newAhead(in, want.Algorithm().Hash(), nil)
	defer compressed.Close()
	s, err := unpack(compressed, src.Decompress, decompressing.of(src.Size), pass)
	if errors.Is(err, ErrFormat) || errors.As(err, new(syscall.Errno)) && !errors.Is(err, ErrDecompress) { // the disk is full
		return Summary{}, err
	}
	if _, rest := io.Copy(io.Discard, compressed); rest != nil { // bytes after the end of the compressed stream
		if err == nil || errors.Is(err, ErrDecompress) {
			err = rest
		}
		return Summary{}, err
	}
	s.Digest = digest.NewDigest(want.Algorithm(), compressed.hash)
	if s.Digest != want {
		return Summary{}, fmt.Errorf("%w: its %d bytes have digest %s", ErrDigest, compressed.size, s.Digest)
	}
	return s, err
}

// unpack decompresses a blob in its turn and calls pass, which reads the tar. The summary lacks the
// blob digest.
func unpack(compressed *ahead, choice decompress.Choice, t *turn, pass func(tar *ahead) error) (Summary, error) {
	plain, compression, err := decompressed(turnReader{compressed, t}, choice)
	if err != nil {
		return Summary{}, err
	}
	defer plain.Close() //nolint:errcheck // open for reading
	tar := newAhead(plain, digest.Canonical.Hash(), t)
	err = pass(tar)
	tar.Close()
	switch {
	case err == nil:
		return Summary{Compression: compression, DiffID: digest.NewDigest(digest.Canonical, tar.hash), Size: tar.size}, nil
	case errors.Is(tar.err, zstd.ErrWindowSizeExceeded):
		err = fmt.Errorf("%w: %w", ErrFormat, tar.err)
	case tar.err != nil && tar.err != io.EOF && tar.err != io.ErrClosedPipe: //nolint:errorlint // the reader returns them as they are
		err = fmt.Errorf("%w: %w", ErrDecompress, tar.err)
	}
	return Summary{}, err
}
