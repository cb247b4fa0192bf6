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

// split passes a tar to convert, reads it to its end, and writes its tar-split.
func split(tar *ahead, tarSplit io.Writer, convert func(io.Reader) error) error {
	w := bufio.NewWriterSize(tarSplit, 64<<10)
	entries, tee := io.Pipe()
	go func() {
		tee.CloseWithError(disassemble(io.TeeReader(tar, tee), storage.NewJSONPacker(w)))
	}()
	err := convert(entries)
	if err == nil {
		_, err = io.Copy(io.Discard, entries)
	}
	if err != nil {
		entries.Close() //nolint:errcheck // ends the goroutine
		return err
	}
	return w.Flush()
}

// disassemble reads a tar to its end and packs its entries. It differs from asm.NewInputTarStream in
// raw payloads ([layer.RawPayload]): these become segments, as headers do, so that each reader of the
// tar-split makes the tar again to the byte.
func disassemble(r io.Reader, to storage.Packer) error {
	s := &segments{r: r, to: to}
	for entries := tar.NewReader(s); ; {
		hdr, err := entries.Next()
		s.raw = false
		if err == io.EOF { //nolint:errorlint // an error that wraps it is no end
			break
		}
		if err == nil {
			err = s.file(hdr, entries)
		}
		if err != nil {
			return err
		}
	}
	if _, err := io.Copy(io.Discard, s); err != nil { // zeros after the end
		return err
	}
	return s.flush()
}

// segments is a reader that packs the bytes that it reads as segments, apart from the contents of
// files. archive/tar does not read ahead, so the meaning of each byte is known.
type segments struct {
	r       io.Reader
	to      storage.Packer
	segment []byte // read and not yet packed
	content bool   // the reader is in the content of a file
	raw     bool   // the reader is in a raw payload
	payload int64  // bytes of raw payloads so far
	sums    checksums
}

func (s *segments) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if s.content {
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

// file packs the entry with the header hdr. A raw payload is packed with the next header.
func (s *segments) file(hdr *tar.Header, content io.Reader) error {
	if err := s.flush(); err != nil {
		return err
	}
	e := storage.Entry{Type: storage.FileType}
	e.SetName(hdr.Name)
	if s.raw = layer.RawPayload(hdr) != ""; !s.raw && hdr.Size > 0 {
		s.content = true
		size, sum, err := s.sums.of(content)
		s.content = false
		if err != nil {
			return err
		}
		e.Size, e.Payload = size, sum
	}
	_, err := s.to.AddEntry(e)
	return err
}
