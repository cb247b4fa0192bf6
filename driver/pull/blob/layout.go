package blob

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"path/filepath"
	"strings"

	digest "github.com/opencontainers/go-digest"
	"github.com/vbatts/tar-split/tar/storage"
)

// ErrLayout is the error of ReadKnown for a tar that differs from its table of contents.
var ErrLayout = errors.New("the tar differs from its table of contents")

// Layout is the description of a tar in its table of contents: every byte between the contents of
// files, and the sha256 of each content.
type Layout struct {
	split storage.Unpacker
	sums  map[nameHash]contentSum // of the remaining contents, by the cleaned names in split

	offset  int64  // in the tar
	segment []byte // the rest of the segment before the next content
	content *storage.Entry
	sum     contentSum // expected sha256 of the content
	left    int64      // remaining bytes of the content
	coming  []content  // contents that Content has not returned

	sha256 hash.Hash
	crc    checksum // checked too, because a reader of the tar-split compares it
}

// content is the place of a content in the tar.
type content struct {
	offset, size int64
	sum          contentSum
}

// contentSum is the sha256 of a content. Digests of 100,000 contents as text would take 15 MB.
type contentSum [sha256.Size]byte

func (s contentSum) digest() digest.Digest { return digest.NewDigestFromBytes(digest.SHA256, s[:]) }

// sumOf returns the sum in a digest. For others than sha256 it is 0, which no content has.
func sumOf(d digest.Digest) (s contentSum) {
	if text, ok := strings.CutPrefix(string(d), "sha256:"); ok && len(text) == hex.EncodedLen(len(s)) {
		if _, err := hex.Decode(s[:], []byte(text)); err != nil {
			return contentSum{}
		}
	}
	return s
}

// Split reads the entries of a tar-split.
type Split = storage.Unpacker

// NewLayout returns the layout of the tar that split describes. contents has the sha256 of every
// content, and no other, by the cleaned name of the file in split.
func NewLayout(split Split, contents iter.Seq2[string, digest.Digest]) *Layout {
	l := &Layout{split: split, sums: map[nameHash]contentSum{}, sha256: sha256.New()}
	for name, d := range contents {
		l.sums[hashName(name)] = sumOf(d)
	}
	return l
}

// Content returns the sha256 of the next content, which must have that offset in the tar and that
// size. A reader of the tar calls it before it reads the content. The digest is valid only after the
// whole tar has been read without an error.
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
	return c.sum.digest(), nil
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

// check compares the next bytes of the tar.
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

// next advances to the next segment or content that is not empty. It returns io.EOF at the end.
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
			name := hashName(filepath.Clean(e.GetName()))
			l.content, l.sum, l.left = e, l.sums[name], e.Size // the sum 0, if there is none, is wrong
			delete(l.sums, name)                               // a second entry with this name fails
			l.coming = append(l.coming, content{l.offset, e.Size, l.sum})
			return nil
		}
	}
}

// checkContent compares the digest and the checksum of the content.
func (l *Layout) checkContent() error {
	name := l.content.GetName()
	var sum contentSum
	if l.sha256.Sum(sum[:0]); sum != l.sum {
		return fmt.Errorf("%w: entry %q has digest %s, not %s", ErrLayout, name, sum.digest(), l.sum.digest())
	}
	if !bytes.Equal(l.crc.sum(), l.content.Payload) {
		return fmt.Errorf("%w: entry %q has another checksum in its tar-split", ErrLayout, name)
	}
	l.sha256.Reset()
	l.crc = 0
	return nil
}

// end checks that the tar has ended where the layout ends, and that Content has returned every
// content.
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
