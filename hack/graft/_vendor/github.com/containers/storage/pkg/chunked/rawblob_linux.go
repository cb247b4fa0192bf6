package chunked

import (
	"errors"
	"io"

	digest "github.com/opencontainers/go-digest"
)

// RawBlob gives a driver the blob of a layer that the differ would convert to
// zstd:chunked, or of one that is and of which there is next to nothing in the store,
// so that the driver can convert it by itself while it is downloaded. ok is false if the
// differ is to be used as always.
//
// fetch requests length bytes from offset on, and says if the server has sent the whole blob
// for them, because it knows no ranges; the blob has size bytes, or an unknown
// number if that is -1, and the given digest, which is for the caller to check. If the
// blob is taken, release must be called once instead of ApplyDiff.
func (c *chunkedDiffer) RawBlob() (fetch func(offset, length uint64) (stream io.ReadCloser, whole bool, err error), blob digest.Digest, size int64, release func(), ok bool) {
	blob, ok = c.blobDigest, c.convertToZstdChunked
	if s, known := c.stream.(interface{ BlobDigest() digest.Digest }); known && !ok {
		blob, ok = s.BlobDigest(), c.rawTable()
	}
	if ok {
		c.copyBuffer = nil // 2 MiB that nothing needs then
	}
	return c.fetchRaw, blob, c.blobSize, c.Release, ok
}

// Release lets go of the layers in the store among which the differ would look for contents.
// It must be called once if ApplyDiff is not.
func (c *chunkedDiffer) Release() {
	c.used = true
	c.layersCache.release()
}

func (c *chunkedDiffer) fetchRaw(offset, length uint64) (stream io.ReadCloser, whole bool, err error) {
	parts, err := getBlobAt(c.stream, ImageSourceChunk{Offset: offset, Length: length})
	if err != nil {
		return nil, false, err
	}
	first, ok := <-parts
	if !ok {
		return nil, false, errors.New("no data for the requested range")
	}
	if first.err != nil {
		go drainRaw(parts)
		return nil, false, first.err
	}
	p := &rawPart{ReadCloser: first.stream, rest: parts}
	p.cut, _ = first.stream.(cutPart)
	return p, p.cut != nil && p.cut.Whole(), nil
}

// cutPart is a part that may have been cut out of a whole blob: a graft, too.
type cutPart interface {
	Whole() bool
	Abort() error
}

// rawPart is the stream of a part. Whoever sends it ends when it is closed: at once, but
// for a server that knows no ranges, from which the rest is read then. Nobody waits for that.
type rawPart struct {
	io.ReadCloser
	cut    cutPart // the same, or nil
	rest   chan streamOrErr
	failed bool
}

func (p *rawPart) Read(b []byte) (int, error) {
	n, err := p.ReadCloser.Read(b)
	p.failed = p.failed || err != nil && err != io.EOF
	return n, err
}

func (p *rawPart) Close() error {
	go func() {
		if p.failed && p.cut != nil {
			p.cut.Abort()
		} else {
			p.ReadCloser.Close()
		}
		drainRaw(p.rest)
	}()
	return nil
}

func drainRaw(parts chan streamOrErr) {
	for p := range parts {
		if p.stream != nil {
			p.stream.Close()
		}
	}
}
