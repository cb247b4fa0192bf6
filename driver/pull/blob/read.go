package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"syscall"

	"github.com/klauspost/compress/zstd"
	digest "github.com/opencontainers/go-digest"
)

// Summary is what is known of a blob that has been read.
type Summary struct {
	Digest digest.Digest // of the blob as it is
	DiffID digest.Digest // of the tar in it
	Size   int64         // of the tar, in bytes
}

// ErrDigest is returned for a blob that has another digest than it should.
var ErrDigest = errors.New("the blob is not the one that was asked for")

// Read reads a blob and has convert read the tar in it, to its end. It writes the tar's
// tar-split, uncompressed, to tarSplit. If the blob's digest is not want, it has not been
// read whole or has bytes behind its end, that is an error: whatever convert has made
// is to be thrown away then. Of a blob with another digest nothing else is said, since
// that is why it makes no sense. For [ErrFormat] and [ErrRequest] the caller may try another
// way of reading it.
//
// Nothing of ctx is known to reads: cancelling them is the source's business.
func Read(ctx context.Context, src Source, want digest.Digest, tarSplit io.Writer, convert func(tar io.Reader) error) (Summary, error) {
	return read(ctx, src, want, func(tar *ahead) error { return split(tar, tarSplit, convert) })
}

// ReadKnown is Read for a tar whose tar-split is there already, with the digests of its
// contents: that they are right is checked. If they are not, the error wraps [ErrLayout].
func ReadKnown(ctx context.Context, src Source, want digest.Digest, l *Layout, convert func(tar io.Reader) error) (Summary, error) {
	return read(ctx, src, want, func(tar *ahead) error {
		err := convert(l.reader(tar))
		if err == nil {
			_, err = io.Copy(io.Discard, l.reader(tar))
		}
		if err == nil {
			err = l.end()
		}
		return err
	})
}

// read has pass read the tar in a blob to its end.
func read(ctx context.Context, src Source, want digest.Digest, pass func(tar *ahead) error) (Summary, error) {
	if err := want.Validate(); err != nil {
		return Summary{}, err
	}
	in := newParts(ctx, src)
	defer in.Close() //nolint:errcheck // open for reading
	compressed := newAhead(in, want.Algorithm().Hash(), nil)
	defer compressed.Close()
	s, err := unpack(compressed, decompressing.of(src.Size), pass)
	if errors.Is(err, ErrFormat) || errors.As(err, new(syscall.Errno)) && !errors.Is(err, ErrDecompress) { // the disk is full
		return Summary{}, err
	}
	if _, rest := io.Copy(io.Discard, compressed); rest != nil { // what is behind the end
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

// unpack has pass read the tar in a blob, in turn with others. The summary lacks the blob's
// digest.
func unpack(compressed *ahead, t *turn, pass func(tar *ahead) error) (Summary, error) {
	plain, err := decompress(patient{compressed, t})
	if err != nil {
		return Summary{}, err
	}
	defer plain.Close() //nolint:errcheck // open for reading
	tar := newAhead(plain, digest.Canonical.Hash(), t)
	err = pass(tar)
	tar.Close()
	switch {
	case err == nil:
		return Summary{DiffID: digest.NewDigest(digest.Canonical, tar.hash), Size: tar.size}, nil
	case errors.Is(tar.err, zstd.ErrWindowSizeExceeded):
		err = fmt.Errorf("%w: %w", ErrFormat, tar.err)
	case tar.err != nil && tar.err != io.EOF && tar.err != io.ErrClosedPipe: //nolint:errorlint // the reader returns them as they are
		err = fmt.Errorf("%w: %w", ErrDecompress, tar.err)
	}
	return Summary{}, err
}
