package blob

import (
	"archive/tar"
	"errors"
	"io"

	"github.com/vbatts/tar-split/tar/storage"
)

// Headers calls fn for each header of a tar, which it reads from the tar-split, without the contents. It
// returns the first error of fn.
func Headers(tarSplit io.Reader, fn func(*tar.Header) error) error {
	o, err := NewOriginal(tarSplit, nil)
	if err != nil {
		return err
	}
	for r := tar.NewReader(&gapped{Original: o}); ; {
		h, err := r.Next()
		if err == io.EOF { //nolint:errorlint // an error that wraps it is no end
			return nil
		}
		if err == nil {
			err = fn(h)
		}
		if err != nil {
			return err
		}
	}
}

// gapped is a tar with zeros in place of contents. A reader of the tar seeks to pass over them.
type gapped struct{ *Original }

// Read implements io.Reader.
func (g *gapped) Read(p []byte) (n int, err error) {
	if err := g.fill(); err != nil {
		return 0, err
	}
	if len(g.segment) > 0 {
		n = copy(p, g.segment)
	} else {
		n = int(min(int64(len(p)), g.left))
		clear(p[:n])
	}
	g.pass(int64(n))
	return n, nil
}

// Seek implements io.Seeker, forwards from the current offset only.
func (g *gapped) Seek(offset int64, whence int) (int64, error) {
	if whence != io.SeekCurrent || offset < 0 {
		return 0, errors.ErrUnsupported
	}
	for offset > 0 {
		if err := g.fill(); err != nil {
			return 0, err
		}
		n := min(offset, max(int64(len(g.segment)), g.left))
		g.pass(n)
		offset -= n
	}
	return g.offset, nil
}

// fill reads entries of the tar-split until there is a segment or a content.
func (g *gapped) fill() error {
	for len(g.segment) == 0 && g.left == 0 {
		e, err := g.part()
		if err != nil {
			return err
		}
		if e.Type == storage.SegmentType {
			g.segment = e.Payload
		} else {
			g.left = e.Size
		}
	}
	return nil
}

// pass advances by n bytes of the segment or the content.
func (g *gapped) pass(n int64) {
	if len(g.segment) > 0 {
		g.segment = g.segment[n:]
	} else {
		g.left -= n
	}
	g.offset += n
}
