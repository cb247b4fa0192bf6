package verity

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"strings"
)

// Digest is an fs-verity digest by one of the algorithms. Digests are comparable; the zero value is
// none. It takes the memory of a string.
type Digest struct {
	sum string // the bytes; their number shows the algorithm
}

// NewDigest returns the digest with the given bytes. It panics if no algorithm has digests of that
// length.
func NewDigest[B string | []byte](sum B) Digest {
	d := Digest{string(sum)}
	if d.Algorithm() == 0 {
		panic(fmt.Sprintf("verity: internal error: a digest of %d bytes", len(sum)))
	}
	return d
}

// ParseDigest parses the hexadecimal digits of [Digest.String]: 64 for sha256, 128 for sha512.
func ParseDigest[S string | []byte](s S) (Digest, error) {
	var sum [sha512.Size]byte
	n := hex.DecodedLen(len(s))
	if len(s)%2 != 0 || algorithmOf(n) == 0 {
		return Digest{}, fmt.Errorf("parse fs-verity digest %q: %d characters, want %d or %d hexadecimal digits",
			s, len(s), hex.EncodedLen(sha256.Size), hex.EncodedLen(sha512.Size))
	}
	var digits [2 * sha512.Size]byte // without an allocation
	if _, err := hex.Decode(sum[:n], digits[:copy(digits[:], s)]); err != nil {
		return Digest{}, fmt.Errorf("parse fs-verity digest %q: %w", s, err)
	}
	return NewDigest(sum[:n]), nil
}

// IsZero reports whether d is none.
func (d Digest) IsZero() bool { return d.sum == "" }

// Algorithm returns the algorithm, 0 for no digest.
func (d Digest) Algorithm() Algorithm { return algorithmOf(len(d.sum)) }

func algorithmOf(size int) Algorithm {
	switch size {
	case sha256.Size:
		return SHA256
	case sha512.Size:
		return SHA512
	}
	return 0
}

// String returns the digest as lower-case hexadecimal digits.
func (d Digest) String() string {
	var digits [2 * sha512.Size]byte
	return string(d.AppendHex(digits[:0]))
}

// AppendHex appends the digits of String to b.
func (d Digest) AppendHex(b []byte) []byte {
	var sum [sha512.Size]byte
	return hex.AppendEncode(b, sum[:copy(sum[:], d.sum)])
}

// Bytes returns the bytes of the digest. A string can share them.
func (d Digest) Bytes() string { return d.sum }

// Compare compares the bytes of two digests.
func (d Digest) Compare(e Digest) int { return strings.Compare(d.sum, e.sum) }
