package blob

import (
	"encoding/binary"
	"io"
)

// checksum is what readers of a tar-split check a content by: the CRC-64 of ISO 3309, as
// hash/crc64 computes it, which takes longer for it than hashing with SHA-256. That of
// nothing is 0.
type checksum uint64

// add adds what follows in the content.
func (c *checksum) add(p []byte) { *c = ^checksum(updateCRC(^uint64(*c), p)) }

// sum returns the checksum as a tar-split has it.
func (c *checksum) sum() []byte { return binary.BigEndian.AppendUint64(nil, uint64(*c)) }

// checksums computes the checksums of contents, one after the other.
type checksums struct{ buffer [32 << 10]byte }

// of reads a content and returns its length and its checksum, as a tar-split has it.
func (c *checksums) of(content io.Reader) (size int64, sum []byte, err error) {
	var crc checksum
	for err == nil {
		n := 0
		n, err = content.Read(c.buffer[:])
		crc.add(c.buffer[:n])
		size += int64(n)
	}
	if err != io.EOF { // an error that wraps it is no end
		return size, nil, err
	}
	return size, crc.sum(), nil
}

// updateCRC adds bytes to a checksum, of which all bits are inverted while it grows.
//
// The checksum is the remainder of the bytes, taken as a polynomial over bits, by
// x^64 + x^4 + x^3 + x + 1, and the lowest bit belongs to the highest power. With so few
// terms no table is needed: 64 bits further on, a power is worth itself times
// x^4 + x^3 + x + 1. What that pushes beyond x^63 are the low four bits, once more.
func updateCRC(crc uint64, p []byte) uint64 {
	for ; len(p) >= 16; p = p[16:] {
		a := crc ^ binary.LittleEndian.Uint64(p)
		b := binary.LittleEndian.Uint64(p[8:])
		// a goes on by 128 bits and b by 64, at the same time: (x^4+x^3+x+1)² is x^8+x^6+x^2+1.
		high := a<<56 ^ a<<58 ^ a<<62
		low := b<<60 ^ b<<61 ^ b<<63
		crc = a ^ a>>2 ^ a>>6 ^ a>>8 ^ high ^ high>>1 ^ high>>3 ^ high>>4 ^
			b ^ b>>1 ^ b>>3 ^ b>>4 ^ low ^ low>>1 ^ low>>3 ^ low>>4
	}
	for _, c := range p {
		crc ^= uint64(c)
		for range 8 {
			crc = crc>>1 ^ -(crc&1)&0xD800000000000000
		}
	}
	return crc
}
