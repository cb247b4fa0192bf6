package splitstream

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Stream is a split stream. It is read as far as needed, and trusted in nothing.
type Stream struct {
	Algorithm verity.Algorithm
	Type      string            // such as [Layer]
	Size      uint64            // of the sequence with the contents of objects, as recorded
	Objects   []string          // fs-verity digests in bytes
	Streams   map[string]string // fs-verity digests of other streams in bytes, by name

	sequence *io.SectionReader // compressed
}

// maxTable limits the bytes of a table of digests, and of the names.
const maxTable = 256 << 20

// Open reads all of a split stream but its sequence. size is the size of the file. The error wraps
// [ErrFormat] if the file is no split stream.
func Open(r io.ReaderAt, size int64) (*Stream, error) {
	var h header
	if err := readPart(r, size, span{0, headerSize}, &h); err != nil {
		return nil, err
	}
	a, err := h.check()
	if err != nil {
		return nil, err
	}
	var i info
	if err := readPart(r, size, h.Info, &i); err != nil {
		return nil, err
	}
	s := &Stream{Algorithm: a, Type: string(i.Type[:]), Size: i.Size}
	streams, err := s.readTable(r, size, i.Streams)
	if err == nil {
		s.Objects, err = s.readTable(r, size, i.Objects)
	}
	if err == nil {
		err = s.readNames(r, size, i.Names, streams)
	}
	if err == nil {
		s.sequence, err = section(r, size, i.Sequence)
	}
	return s, err
}

// section returns a part of the file.
func section(r io.ReaderAt, size int64, p span) (*io.SectionReader, error) {
	if p.Begin > p.End || p.End > uint64(size) {
		return nil, fmt.Errorf("%w: a part from %d to %d in a file of %d bytes", ErrFormat, p.Begin, p.End, size)
	}
	return io.NewSectionReader(r, int64(p.Begin), int64(p.End-p.Begin)), nil
}

// readPart reads a part of fixed size.
func readPart(r io.ReaderAt, size int64, p span, v any) error {
	part, err := section(r, size, p)
	if err != nil {
		return err
	}
	err = binary.Read(part, order, v)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: it ends early", ErrFormat)
	}
	return err
}

// readTable reads a table of digests.
func (s *Stream) readTable(r io.ReaderAt, size int64, p span) (digests []string, err error) {
	part, err := section(r, size, p)
	if err != nil {
		return nil, err
	}
	if part.Size()%int64(s.Algorithm.Size()) != 0 || part.Size() > maxTable {
		return nil, fmt.Errorf("%w: a table of digests with %d bytes", ErrFormat, part.Size())
	}
	b, err := io.ReadAll(part)
	for ; err == nil && len(b) > 0; b = b[s.Algorithm.Size():] {
		digests = append(digests, string(b[:s.Algorithm.Size()]))
	}
	return digests, err
}

// readNames reads the names of streams.
func (s *Stream) readNames(r io.ReaderAt, size int64, p span, streams []string) error {
	s.Streams = map[string]string{}
	part, err := section(r, size, p)
	if err != nil || part.Size() == 0 {
		return err
	}
	z, err := newDecoder(part)
	if err != nil {
		return err
	}
	defer z.Close()
	text, err := io.ReadAll(io.LimitReader(z, maxTable+1))
	if err == nil && len(text) > maxTable {
		err = errors.New("too long")
	}
	if err != nil {
		return fmt.Errorf("%w: its names: %w", ErrFormat, err)
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(text), "\x00"), "\x00") {
		if name == "" {
			continue
		}
		number, name, _ := strings.Cut(name, ":")
		n, err := strconv.ParseUint(number, 10, 32)
		if err != nil || n >= uint64(len(streams)) {
			return fmt.Errorf("%w: stream %q does not exist", ErrFormat, number)
		}
		s.Streams[name] = streams[n]
	}
	return nil
}

func newDecoder(r io.Reader) (*zstd.Decoder, error) {
	return zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true))
}

// Chunk is a part of the sequence: bytes or, if these are nil, the content of an object.
type Chunk struct {
	Inline []byte // valid until the next chunk
	Object string // the fs-verity digest in bytes
}

// maxInline limits the memory of a chunk. Longer ones are returned in several pieces.
const maxInline = 64 << 10

// Chunks calls fn for each part of the sequence. It returns the first error of fn.
func (s *Stream) Chunks(fn func(Chunk) error) error {
	z, err := newDecoder(io.NewSectionReader(s.sequence, 0, s.sequence.Size()))
	if err != nil {
		return err
	}
	defer z.Close()
	buffer := make([]byte, maxInline)
	for {
		var number [8]byte
		if _, err := io.ReadFull(z, number[:]); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return sequenceError(err)
		}
		if err := s.chunk(int64(order.Uint64(number[:])), z, buffer, fn); err != nil {
			return err
		}
	}
}

// chunk reads the chunk that begins with a number.
func (s *Stream) chunk(number int64, z io.Reader, buffer []byte, fn func(Chunk) error) error {
	if number >= 0 {
		if number >= int64(len(s.Objects)) {
			return fmt.Errorf("%w: object %d of %d", ErrFormat, number, len(s.Objects))
		}
		return fn(Chunk{Object: s.Objects[number]})
	}
	for left := -uint64(number); left > 0; { // right for the smallest number too
		b := buffer[:min(left, uint64(len(buffer)))]
		if _, err := io.ReadFull(z, b); err != nil {
			return sequenceError(err)
		}
		if err := fn(Chunk{Inline: b}); err != nil {
			return err
		}
		left -= uint64(len(b))
	}
	return nil
}

// sequenceError returns the error for a sequence that cannot be read.
func sequenceError(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: its sequence ends early", ErrFormat)
	}
	return fmt.Errorf("%w: its sequence: %w", ErrFormat, err)
}

// Copy writes the sequence with the contents of objects, which object opens by their fs-verity digests in
// bytes. It is an error if the length is not the recorded one.
func (s *Stream) Copy(w io.Writer, object func(digest string) (io.ReadCloser, error)) error {
	var total uint64
	err := s.Chunks(func(c Chunk) error {
		if c.Inline != nil {
			total += uint64(len(c.Inline))
			_, err := w.Write(c.Inline)
			return err
		}
		r, err := object(c.Object)
		if err != nil {
			return err
		}
		defer r.Close() //nolint:errcheck // open for reading
		n, err := io.Copy(w, r)
		total += uint64(n)
		return err
	})
	if err == nil && total != s.Size {
		err = fmt.Errorf("%w: the sequence has %d bytes, %d are recorded", ErrFormat, total, s.Size)
	}
	return err
}
