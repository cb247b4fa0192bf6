package blob

import "encoding/binary"

// checksum is the checksum of a content in a tar-split, the CRC-64 of ISO 3309. hash/crc64 takes
// longer to compute it than SHA-256 takes. The checksum of no bytes is 0.
type checksum uint64

// add adds the next bytes of the content.
func (c *checksum) add(p []byte) { *c = ^checksum(updateCRC(^uint64(*c), p)) }

// sum returns the checksum in the form of a tar-split.
func (c *checksum) sum() []byte { return binary.BigEndian.AppendUint64(nil, uint64(*c)) }

// updateInGo adds bytes to a checksum whose bits are inverted.
//
// The checksum is the remainder of the bytes, as a polynomial over bits, modulo
// x^64 + x^4 + x^3 + x + 1. The lowest bit belongs to the highest power. The few terms make a table
// unnecessary: 64 bits later, a power equals itself times x^4 + x^3 + x + 1. That product pushes the
// low four bits beyond x^63; they are reduced once more.
func updateInGo(crc uint64, p []byte) uint64 {
	for ; len(p) >= 16; p = p[16:] {
		a := crc ^ binary.LittleEndian.Uint64(p)
		b := binary.LittleEndian.Uint64(p[8:])
		// a advances by 128 bits and b by 64 in one step: (x^4+x^3+x+1)² is x^8+x^6+x^2+1.
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
