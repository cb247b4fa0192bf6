//go:build isal && cgo

package decompress

import (
	"bufio"
	"encoding/binary"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/gzip"
)

// input is the input of a reader between deflate streams: the bytes that the decompressor has read too
// many, then those of Reader.
type input struct {
	*bufio.Reader
	rest []byte
}

func (r *input) Read(p []byte) (int, error) {
	if len(r.rest) > 0 {
		n := copy(p, r.rest)
		r.rest = r.rest[n:]
		return n, nil
	}
	return r.Reader.Read(p)
}

// The flags of a header. Source: RFC 1952, section 2.3.1.
const (
	headerChecksum = 1 << 1
	extra          = 1 << 2
	name           = 1 << 3
	comment        = 1 << 4
	reserved       = 0xe0
)

// stringMax limits a name or a comment, with its end, to as many bytes as klauspost/compress does.
const stringMax = 512

// header reads the header of a member and checks what klauspost/compress checks. It returns io.EOF if
// there is no byte.
func (r *input) header() error {
	sum := crc32.NewIEEE()
	in := io.TeeReader(r, sum)
	var b [10]byte
	if _, err := io.ReadFull(in, b[:]); err != nil {
		return err
	}
	if b[0] != 0x1f || b[1] != 0x8b || b[2] != 8 {
		return gzip.ErrHeader
	}
	flags := b[3]
	if flags&extra != 0 {
		if _, err := io.ReadFull(in, b[:2]); err != nil {
			return unexpected(err)
		}
		if _, err := io.CopyN(io.Discard, in, int64(binary.LittleEndian.Uint16(b[:]))); err != nil {
			return unexpected(err)
		}
	}
	for _, flag := range []byte{name, comment} {
		if flags&flag != 0 {
			if err := skipString(in); err != nil {
				return err
			}
		}
	}
	if flags&headerChecksum != 0 {
		want := uint16(sum.Sum32()) // the low half, as in RFC 1952
		if _, err := io.ReadFull(in, b[:2]); err != nil {
			return unexpected(err)
		}
		if binary.LittleEndian.Uint16(b[:]) != want {
			return gzip.ErrHeader
		}
	}
	if flags&reserved != 0 {
		return gzip.ErrHeader
	}
	return nil
}

// skipString reads a string to the zero byte at its end. Like klauspost/compress it returns io.EOF if
// the input ends first.
func skipString(in io.Reader) error {
	var b [1]byte
	for range stringMax {
		if _, err := io.ReadFull(in, b[:]); err != nil {
			return err
		}
		if b[0] == 0 {
			return nil
		}
	}
	return gzip.ErrHeader
}
