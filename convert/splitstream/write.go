package splitstream

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/klauspost/compress/zstd"

	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Writer makes a split stream in memory. The bytes depend on the calls only.
type Writer struct {
	algorithm verity.Algorithm
	kind      string
	size      uint64

	streams, objects table
	names            map[string]int // indexes of streams

	inline     []byte // bytes of the sequence that wait for the next reference
	compressed bytes.Buffer
	encoder    *zstd.Encoder
}

// table is a list of digests, each once.
type table struct {
	digests []byte
	index   map[string]int
}

// add returns the index of a digest.
func (t *table) add(digest string) int {
	i, ok := t.index[digest]
	if !ok {
		i = len(t.index)
		if t.index == nil {
			t.index = map[string]int{}
		}
		t.index[digest] = i
		t.digests = append(t.digests, digest...)
	}
	return i
}

// NewWriter returns a writer of a stream of a type such as [Layer].
func NewWriter(a verity.Algorithm, kind string) (*Writer, error) {
	if len(kind) != len(info{}.Type) {
		return nil, fmt.Errorf("split stream: the type %q has not %d bytes", kind, len(info{}.Type))
	}
	w := &Writer{algorithm: a, kind: kind, names: map[string]int{}}
	var err error
	w.encoder, err = newEncoder(&w.compressed)
	return w, err
}

// newEncoder returns an encoder that writes a frame for no bytes too, as composefs-rs expects. Its output
// does not depend on the number of processors.
func newEncoder(w io.Writer) (*zstd.Encoder, error) {
	return zstd.NewWriter(w, zstd.WithZeroFrames(true), zstd.WithEncoderConcurrency(1))
}

// Write appends bytes to the sequence.
func (w *Writer) Write(b []byte) (int, error) {
	w.inline = append(w.inline, b...)
	w.size += uint64(len(b))
	if len(w.inline) >= 64<<10 {
		return len(b), w.flush()
	}
	return len(b), nil
}

// flush compresses the waiting bytes.
func (w *Writer) flush() error {
	if len(w.inline) == 0 {
		return nil
	}
	if err := w.number(-int64(len(w.inline))); err != nil {
		return err
	}
	_, err := w.encoder.Write(w.inline)
	w.inline = w.inline[:0]
	return err
}

func (w *Writer) number(n int64) error {
	var b [8]byte
	order.PutUint64(b[:], uint64(n))
	_, err := w.encoder.Write(b[:])
	return err
}

// AddObject appends the content of an object, of size bytes, to the sequence. digest is the object's
// fs-verity digest in bytes.
func (w *Writer) AddObject(digest string, size uint64) error {
	if err := w.check(digest); err != nil {
		return err
	}
	if err := w.flush(); err != nil {
		return err
	}
	w.size += size
	return w.number(int64(w.objects.add(digest)))
}

// AddStream gives a name to another split stream, or to an image, with that fs-verity digest in bytes.
func (w *Writer) AddStream(name, digest string) error {
	if err := w.check(digest); err != nil {
		return err
	}
	w.names[name] = w.streams.add(digest)
	return nil
}

func (w *Writer) check(digest string) error {
	if len(digest) != w.algorithm.Size() {
		return fmt.Errorf("split stream: a digest of %d bytes, want %d", len(digest), w.algorithm.Size())
	}
	return nil
}

// Close ends the sequence and returns the bytes of the split stream.
func (w *Writer) Close() ([]byte, error) {
	if err := w.flush(); err != nil {
		return nil, err
	}
	if err := w.encoder.Close(); err != nil {
		return nil, err
	}
	names, err := w.compressedNames()
	if err != nil {
		return nil, err
	}
	h := header{Algorithm: uint8(w.algorithm), BlockBits: blockBits, Info: span{headerSize, headerSize + infoSize}}
	copy(h.Magic[:], magic)
	i := info{Size: w.size}
	copy(i.Type[:], w.kind)
	parts := [][]byte{w.streams.digests, w.objects.digests, names, w.compressed.Bytes()}
	end := h.Info.End
	for n, place := range []*span{&i.Streams, &i.Objects, &i.Names, &i.Sequence} {
		*place = span{end, end + uint64(len(parts[n]))}
		end = place.End
	}
	b, err := binary.Append(make([]byte, 0, end), order, h)
	if err == nil {
		b, err = binary.Append(b, order, i)
	}
	return append(b, slices.Concat(parts...)...), err
}

// compressedNames returns the part with the names.
func (w *Writer) compressedNames() ([]byte, error) {
	var b bytes.Buffer
	e, err := newEncoder(&b)
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(w.names)) {
		if _, err := fmt.Fprintf(e, "%d:%s\x00", w.names[name], name); err != nil {
			return nil, err
		}
	}
	err = e.Close()
	return b.Bytes(), err
}
