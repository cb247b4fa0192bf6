package blob

import (
	"archive/tar"
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/vbatts/tar-split/tar/storage"

	"github.com/composefs-storage/composefs-storage/convert/layer"
)

// ErrPayload is the error of Read for a tar whose raw payloads exceed the limit of a tar-split. An
// ordinary download can convert such a tar.
var ErrPayload = errors.New("the payloads of sparse files and whiteouts are too long for a tar-split")

// payloadMax limits the raw payloads in a tar-split, in bytes, because containers/storage compresses a
// tar-split in memory. It is a variable for tests.
var payloadMax int64 = 128 << 20

// segmentMax limits a segment of a tar-split, in bytes.
const segmentMax = 1 << 20

// split passes the entries of a tar to convert, reads the tar to its end, and writes its tar-split.
func split(r io.Reader, tarSplit io.Writer, convert func(layer.Entries) error) error {
	w := bufio.NewWriterSize(tarSplit, 64<<10)
	e := newSplitEntries(r, newPacker(w))
	err := convert(e)
	if err == nil {
		err = e.Rest()
	}
	if err == nil {
		err = w.Flush()
	}
	return err
}

// splitEntries reads the entries of a tar and packs them. The tar-split differs from that of
// asm.NewInputTarStream in raw payloads ([layer.RawPayload]): these become segments, as headers do, so
// that each reader of the tar-split makes the tar again to the byte.
type splitEntries struct {
	*tar.Reader // reads from segments
	segments    segments

	entry   *storage.Entry // the current one, packed after its content; nil before the first
	content bool           // the current entry has a content
	crc     checksum       // of the content
}

func newSplitEntries(r io.Reader, to storage.Packer) *splitEntries {
	e := &splitEntries{segments: segments{r: r, to: to}}
	e.Reader = tar.NewReader(&e.segments)
	return e
}

// Next implements layer.Entries.
func (e *splitEntries) Next() (*tar.Header, error) {
	if err := e.finish(); err != nil {
		return nil, err
	}
	hdr, err := e.Reader.Next()
	e.segments.raw = false
	if err != nil {
		return nil, err
	}
	if err := e.segments.flush(); err != nil {
		return nil, err
	}
	e.entry = &storage.Entry{Type: storage.FileType}
	e.entry.SetName(hdr.Name)
	e.segments.raw = layer.RawPayload(hdr) != ""
	e.content = !e.segments.raw && hdr.Size > 0
	return hdr, nil
}

// Read implements layer.Entries.
func (e *splitEntries) Read(p []byte) (int, error) {
	if !e.content {
		return e.Reader.Read(p)
	}
	e.segments.pass = true
	n, err := e.Reader.Read(p)
	e.segments.pass = false
	e.entry.Size += int64(n)
	e.crc.add(p[:n])
	return n, err
}

// finish reads the rest of the content of the current entry, and packs the entry. A raw payload is packed
// with the next header.
func (e *splitEntries) finish() error {
	if e.entry == nil {
		return nil
	}
	if e.content {
		if _, err := io.Copy(io.Discard, e); err != nil {
			return err
		}
		e.entry.Payload = e.crc.sum()
	}
	_, err := e.segments.to.AddEntry(*e.entry)
	e.entry, e.content, e.crc = nil, false, 0
	return err
}

// Offset implements layer.Entries.
func (e *splitEntries) Offset() int64 { return e.segments.offset }

// Rest implements layer.Entries. It also packs what Next has not returned.
func (e *splitEntries) Rest() error {
	for {
		_, err := e.Next()
		if err == io.EOF { //nolint:errorlint // an error that wraps it is no end
			break
		}
		if err != nil {
			return err
		}
	}
	if _, err := io.Copy(io.Discard, &e.segments); err != nil { // zeros after the end
		return err
	}
	return e.segments.flush()
}

// segments is a reader that packs the bytes that it reads as segments, apart from the contents of
// files. archive/tar does not read ahead, so the meaning of each byte is known.
type segments struct {
	r       io.Reader
	to      storage.Packer
	offset  int64  // in the tar
	segment []byte // read and not yet packed
	pass    bool   // the reader is in the content of a file
	raw     bool   // the reader is in a raw payload
	payload int64  // bytes of raw payloads so far
}

func (s *segments) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	s.offset += int64(n)
	if s.pass {
		return n, err
	}
	s.segment = append(s.segment, p[:n]...)
	if s.raw {
		if s.payload += int64(n); s.payload > payloadMax {
			return n, fmt.Errorf("%w: more than %d bytes", ErrPayload, payloadMax)
		}
	}
	if len(s.segment) >= segmentMax {
		if err := s.flush(); err != nil {
			return n, err
		}
	}
	return n, err
}

// flush packs the segment.
func (s *segments) flush() error {
	if len(s.segment) == 0 {
		return nil
	}
	_, err := s.to.AddEntry(storage.Entry{Type: storage.SegmentType, Payload: s.segment})
	s.segment = s.segment[:0]
	return err
}
