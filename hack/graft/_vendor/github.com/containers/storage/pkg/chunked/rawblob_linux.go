package chunked

import (
	"errors"
	"io"

	digest "github.com/opencontainers/go-digest"
)

// RawBlob gives a driver the layer that the differ would convert to zstd:chunked, so
// that the driver can convert it by itself while it is downloaded. ok is false if the
// differ has a table of contents: then it is to be used as always.
//
// fetch requests length bytes from offset on; the blob has size bytes, or an unknown
// number if that is -1, and the given digest, which is for the caller to check. If the
// blob is taken, release must be called once instead of ApplyDiff.
func (c *chunkedDiffer) RawBlob() (fetch func(offset, length uint64) (io.ReadCloser, error), blob digest.Digest, size int64, release func(), ok bool) {
	return c.fetchRaw, c.blobDigest, c.blobSize, c.releaseRaw, c.convertToZstdChunked
}

func (c *chunkedDiffer) releaseRaw() {
	c.used = true
	c.layersCache.release()
}

func (c *chunkedDiffer) fetchRaw(offset, length uint64) (io.ReadCloser, error) {
	parts, err := getBlobAt(c.stream, ImageSourceChunk{Offset: offset, Length: length})
	if err != nil {
		return nil, err
	}
	first, ok := <-parts
	if !ok {
		return nil, errors.New("no data for the requested range")
	}
	if first.err != nil {
		go drainRaw(parts)
		return nil, first.err
	}
	return &rawPart{first.stream, parts}, nil
}

// rawPart is the stream of a part. Whoever sends it ends when it is closed.
type rawPart struct {
	io.ReadCloser
	rest chan streamOrErr
}

func (p *rawPart) Close() error {
	err := p.ReadCloser.Close()
	go drainRaw(p.rest)
	return err
}

func drainRaw(parts chan streamOrErr) {
	for p := range parts {
		if p.stream != nil {
			p.stream.Close()
		}
	}
}
