package blob

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"path/filepath"

	digest "github.com/opencontainers/go-digest"
	"github.com/vbatts/tar-split/tar/storage"
)

// ErrLayout is what ReadKnown returns for a tar that is another one than was said.
var ErrLayout = errors.New("the tar is not what its table of contents says")

// Layout is what is known of a tar before it is read: every byte between the contents
// of its files, and the sha256 of each of these.
type Layout struct {
	split storage.Unpacker
	sums  map[string]digest.Digest // of contents to come, by the cleaned names in split

	offset  int64  // in the tar
	segment []byte // what is to come before the next content
	content *storage.Entry
	sum     digest.Digest // that it must have
	left    int64         // bytes of it to come
	coming  []content     // that nobody has asked for

	sha256 hash.Hash
	crc    checksum // which tar-split keeps, and looks at when it makes the tar again
}

// content is where a content is.
type content struct {
	offset, size int64
	sum          digest.Digest
}

// Split is what reads the entries of a tar-split.
type Split = storage.Unpacker

// NewLayout returns the layout of a tar that split describes. contents has the sha256 of
// every content, and of nothing else, by the cleaned name of the file in split; it is
// emptied.
func NewLayout(split Split, contents map[string]digest.Digest) *Layout {
	return &Layout{
		split:  split,
		sums:   contents,
		sha256: sha256.New(),
	}
}

// Content returns the digest of the next content, which must be at that offset in the tar
// and have that size. It is for who reads the tar to call before reading the content.
// The digest holds only when the tar has been read to its end without an error.
func (l *Layout) Content(offset, size int64) (digest.Digest, error) {
	if len(l.coming) == 0 && len(l.segment) == 0 && l.left == 0 {
		if err := l.next(); err != nil && err != io.EOF { //nolint:errorlint // an error that wraps it is no end
			return "", err
		}
	}
	if len(l.coming) == 0 || l.coming[0].offset != offset || l.coming[0].size != size {
		return "", fmt.Errorf("%w: there is another content at byte %d", ErrLayout, offset)
	}
	c := l.coming[0]
	l.coming = l.coming[1:]
	return c.sum, nil
}

func (l *Layout) reader(tar io.Reader) io.Reader { return &layoutReader{l, tar} }

type layoutReader struct {
	*Layout
	tar io.Reader
}

func (r *layoutReader) Read(p []byte) (int, error) {
	n, err := r.tar.Read(p)
	if bad := r.check(p[:n]); bad != nil {
		return 0, bad
	}
	return n, err
}

// check compares what follows in the tar.
func (l *Layout) check(b []byte) error {
	for len(b) > 0 {
		n := 0
		switch {
		case len(l.segment) > 0:
			n = min(len(b), len(l.segment))
			if !bytes.Equal(b[:n], l.segment[:n]) {
				return fmt.Errorf("%w: it differs at byte %d or after", ErrLayout, l.offset)
			}
			l.segment = l.segment[n:]
		case l.left > 0:
			n = int(min(int64(len(b)), l.left))
			l.sha256.Write(b[:n])
			l.crc.add(b[:n])
			if l.left -= int64(n); l.left == 0 {
				if err := l.checkContent(); err != nil {
					return err
				}
			}
		default:
			err := l.next()
			if err == io.EOF { //nolint:errorlint // an error that wraps it is no end
				err = fmt.Errorf("%w: it is longer", ErrLayout)
			}
			if err != nil {
				return err
			}
		}
		l.offset += int64(n)
		b = b[n:]
	}
	return nil
}

// next goes on to the next segment or content that is not empty. It returns io.EOF if
// there is none.
func (l *Layout) next() error {
	for {
		e, err := l.split.Next()
		if err == io.EOF { //nolint:errorlint // an error that wraps it is no end
			return err
		}
		switch {
		case err != nil:
			return fmt.Errorf("%w: tar-split: %w", ErrLayout, err)
		case e.Type == storage.SegmentType && len(e.Payload) > 0:
			l.segment = e.Payload
			return nil
		case e.Type == storage.FileType && e.Size > 0:
			name := filepath.Clean(e.GetName())
			l.content, l.sum, l.left = e, l.sums[name], e.Size
			delete(l.sums, name) // so that none is there twice
			l.coming = append(l.coming, content{l.offset, e.Size, l.sum})
			return nil
		}
	}
}

// checkContent compares the digest of the content that has been read.
func (l *Layout) checkContent() error {
	name := l.content.GetName()
	var sum [sha256.Size]byte
	if got := "sha256:" + hex.EncodeToString(l.sha256.Sum(sum[:0])); got != string(l.sum) {
		return fmt.Errorf("%w: entry %q has digest %s, not %q", ErrLayout, name, got, l.sum)
	}
	if !bytes.Equal(l.crc.sum(), l.content.Payload) {
		return fmt.Errorf("%w: entry %q has another checksum in its tar-split", ErrLayout, name)
	}
	l.sha256.Reset()
	l.crc = 0
	return nil
}

// end checks that the tar has been read to where it should end, and that all contents
// were there and asked for.
func (l *Layout) end() error {
	if len(l.segment) == 0 && l.left == 0 {
		err := l.next()
		if err == io.EOF && len(l.coming) == 0 && len(l.sums) == 0 { //nolint:errorlint // an error that wraps it is no end
			return nil
		}
		if err != nil && err != io.EOF { //nolint:errorlint // an error that wraps it is no end
			return err
		}
	}
	return fmt.Errorf("%w: something is missing", ErrLayout)
}
