package blob

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	digest "github.com/opencontainers/go-digest"
	"github.com/vbatts/tar-split/tar/storage"

	"github.com/composefs-storage/composefs-storage/convert/layer"
)

const blockSize = 512 // of a tar

// Original is the tar of a layer, assembled from its tar-split and its files. It has the bytes of the
// tar. Read compares each content with its checksum in the tar-split. It is not for concurrent use.
type Original struct {
	split storage.Unpacker
	open  func(name string) (io.ReadCloser, error)

	offset  int64  // in the tar
	segment []byte // the rest of the segment before the next content
	header  []byte // the whole segment: its last blocks are the header of the next entry
	entry   *storage.Entry
	content io.ReadCloser // the current content
	left    int64         // its remaining bytes
	crc     checksum
	opened  []opened // contents that Content has not returned
	hash    digest.Digester
}

// opened is an open content and its place in the tar.
type opened struct {
	offset, size int64
	file         io.ReadCloser
}

// NewOriginal returns the tar for a tar-split, which is compressed with gzip as in containers/storage.
// open opens the file of an entry that is not empty.
func NewOriginal(tarSplit io.Reader, open func(name string) (io.ReadCloser, error)) (*Original, error) {
	plain, err := gzip.NewReader(tarSplit)
	if err != nil {
		return nil, fmt.Errorf("tar-split: %w", err)
	}
	return &Original{split: newUnpacker(plain), open: open, hash: digest.Canonical.Digester()}, nil
}

// Read reads the tar.
func (o *Original) Read(p []byte) (n int, err error) {
	for len(o.segment) == 0 && o.left == 0 {
		if err := o.next(); err != nil {
			return 0, err
		}
	}
	if len(o.segment) > 0 {
		n = copy(p, o.segment)
		o.segment = o.segment[n:]
	} else if n, err = o.readContent(p); err != nil {
		return 0, fmt.Errorf("entry %q: %w", o.entry.GetName(), err)
	}
	o.hash.Hash().Write(p[:n])
	o.offset += int64(n)
	return n, nil
}

// next advances to the next segment or content. It returns io.EOF at the end.
func (o *Original) next() error {
	e, err := o.part()
	if err != nil {
		return err
	}
	if e.Type == storage.SegmentType {
		o.segment = e.Payload
		return nil
	}
	if o.content, err = o.open(e.GetName()); err != nil {
		return fmt.Errorf("entry %q: %w", e.GetName(), err)
	}
	o.entry, o.left, o.crc = e, e.Size, 0
	o.opened = append(o.opened, opened{o.offset, e.Size, o.content})
	return nil
}

// part reads the tar-split to the next entry that stands for bytes of the tar: a segment, or a file for its
// content. It returns io.EOF at the end.
func (o *Original) part() (*storage.Entry, error) {
	for {
		e, err := o.split.Next()
		if err == io.EOF { //nolint:errorlint // an error that wraps it is no end
			return nil, err
		}
		switch {
		case err != nil:
			return nil, fmt.Errorf("tar-split: %w", err)
		case e.Type == storage.SegmentType:
			o.header = e.Payload
			return e, nil
		case e.Type == storage.FileType && e.Size > 0:
			if skip, err := o.lost(e); !skip {
				return e, err
			}
		}
	}
}

// Walk calls segment for the bytes of a tar that are in its tar-split, and content for each content that is
// not, in the order of the tar. It returns their first error.
func Walk(tarSplit io.Reader, segment func([]byte) error, content func(name string, size int64) error) error {
	o, err := NewOriginal(tarSplit, nil)
	if err != nil {
		return err
	}
	for {
		e, err := o.part()
		if err == io.EOF { //nolint:errorlint // an error that wraps it is no end
			return nil
		}
		switch {
		case err != nil:
		case e.Type == storage.SegmentType:
			err = segment(e.Payload)
		default:
			err = content(e.GetName(), e.Size)
		}
		if err != nil {
			return err
		}
	}
}

// LostPayload is the error for a tar-split that refers to a file in place of a raw payload
// ([layer.LostPayload]): the tar cannot be assembled again. containers/storage writes such tar-splits.
type LostPayload struct{ Name, Why string }

func (l *LostPayload) Error() string {
	return fmt.Sprintf("entry %q %s: its tar-split lacks the payload", l.Name, l.Why)
}

// lost reports whether no content follows an entry with a size, which is right for symlinks and
// directories. It returns a *LostPayload for an entry whose content is not in the tar-split.
func (o *Original) lost(e *storage.Entry) (skip bool, err error) {
	blocks := o.header[len(o.header)%blockSize:] // after the padding of the last content
	hdr, err := tar.NewReader(bytes.NewReader(blocks)).Next()
	if err == io.ErrUnexpectedEOF { //nolint:errorlint // archive/tar looks for the map of a sparse file behind the header
		return false, &LostPayload{e.GetName(), "is a sparse file"}
	}
	if err != nil {
		return false, nil //nolint:nilerr // the digest of the tar shows the damage
	}
	if why := layer.LostPayload(hdr); why != "" {
		return false, &LostPayload{e.GetName(), why}
	}
	return layer.RawPayload(hdr) != "", nil
}

var errChecksum = errors.New("its content has another checksum than its tar-split says")

// readContent reads a part of the content.
func (o *Original) readContent(p []byte) (int, error) {
	n, err := o.content.Read(p[:min(int64(len(p)), o.left)])
	if err != nil && n == 0 {
		if err == io.EOF { //nolint:errorlint // an error that wraps it is no end
			err = fmt.Errorf("%d bytes are missing", o.left)
		}
		return 0, err
	}
	o.crc.add(p[:n])
	if o.left -= int64(n); o.left == 0 && !bytes.Equal(o.crc.sum(), o.entry.Payload) {
		return 0, errChecksum
	}
	return n, nil
}

// Content returns the open file of the content with that offset and size, or nil if there is none. A
// reader of the tar calls it before it reads the content, and closes the file. Content closes the
// files of earlier contents.
func (o *Original) Content(offset, size int64) (io.ReadCloser, error) {
	if len(o.opened) == 0 && len(o.segment) == 0 && o.left == 0 {
		if err := o.next(); err != nil && err != io.EOF { //nolint:errorlint // an error that wraps it is no end
			return nil, err
		}
	}
	for len(o.opened) > 0 {
		c := o.opened[0]
		if c.offset > offset {
			break
		}
		if c.offset == offset && c.size == size {
			o.opened = o.opened[1:]
			return c.file, nil
		}
		if c.file == o.content && o.left > 0 {
			break
		}
		o.opened = o.opened[1:]
		_ = c.file.Close() // open for reading
	}
	return nil, nil
}

// DiffID returns the digest of the bytes that were read.
func (o *Original) DiffID() digest.Digest { return o.hash.Digest() }

// Close closes the files that Content has not returned.
func (o *Original) Close() {
	for _, c := range o.opened {
		_ = c.file.Close() // open for reading
	}
	o.opened = nil
}
