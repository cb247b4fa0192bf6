//go:build isal && cgo

package decompress

import (
	"bufio"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/gzip"
)

// errCorrupt is the error of Read for an invalid deflate stream.
var errCorrupt = errors.New("gzip: invalid deflate stream")

// reader decompresses members until the end of its input.
type reader struct {
	r        *input
	inflater *inflater
	crc      uint32
	size     uint32
	err      error
}

// isal returns a reader that uses ISA-L.
var isal = func(r *bufio.Reader) (io.ReadCloser, error) {
	z := &reader{r: &input{Reader: r}, inflater: newInflater(r)}
	if err := z.begin(); err != nil {
		z.inflater.close()
		return nil, err
	}
	return z, nil
}

// Read decompresses. Its bytes are tentative until it returns io.EOF.
func (z *reader) Read(p []byte) (n int, err error) {
	for n == 0 && z.err == nil && len(p) > 0 {
		var rest []byte
		n, rest, z.err = z.inflater.read(p)
		z.crc = crc32.Update(z.crc, crc32.IEEETable, p[:n])
		z.size += uint32(n)
		if z.err == io.EOF { //nolint:errorlint // the inflater returns it as it is
			z.r.rest = rest
			if z.err = z.end(); z.err == nil {
				z.err = z.begin()
			}
		}
	}
	return n, z.err
}

// Close frees the memory of the decompressor. It does not close the input.
func (z *reader) Close() error {
	z.err = io.ErrClosedPipe
	z.inflater.close()
	return nil
}

// begin reads the header of a member. At the end of the input it returns io.EOF.
func (z *reader) begin() error {
	z.crc, z.size = 0, 0
	if err := z.r.header(); err != nil {
		return err
	}
	z.inflater.start()
	return nil
}

// end reads the trailer of a member.
func (z *reader) end() error {
	var b [8]byte
	if _, err := io.ReadFull(z.r, b[:]); err != nil {
		return unexpected(err)
	}
	if binary.LittleEndian.Uint32(b[:]) != z.crc || binary.LittleEndian.Uint32(b[4:]) != z.size {
		return gzip.ErrChecksum
	}
	return nil
}
