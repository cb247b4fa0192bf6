//go:build !purego

package verity

import (
	"crypto/fips140"
	"crypto/sha256"
	"math/bits"
)

// pairing reports whether hashPair is used: the processor has its instructions, and the user has
// not turned on Go's FIPS 140 mode.
var pairing = hasSHA() && !fips140.Enabled()

// sumPair writes the sha256 of each of two blocks to sums. It reports whether it did, which does not
// depend on the blocks.
func sumPair(sums *[2][sha256.Size]byte, pair *[pairSize]byte) bool {
	if pairing {
		hashPair(sums, pair, &sha256Constants)
	}
	return pairing
}

// hashPair hashes two blocks at a time. It needs hasSHA.
//
//go:noescape
func hashPair(sums *[2][sha256.Size]byte, pair *[pairSize]byte, c *constants)

// constants are those of sha256 (FIPS 180-4), as hashPair needs them.
type constants struct {
	swap       [16]byte   // for PSHUFB: reverses the bytes of each word
	abef, cdgh [4]uint32  // the first state: f, e, b, a and h, g, d, c
	k          [64]uint32 // the constants of the rounds
	padding    [64]uint32 // the same, plus the words that follow from the padding of a block
}

var sha256Constants = newConstants()

func newConstants() constants {
	c := constants{
		swap: [...]byte{3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12},
		abef: [...]uint32{0x9b05688c, 0x510e527f, 0xbb67ae85, 0x6a09e667},
		cdgh: [...]uint32{0x5be0cd19, 0x1f83d9ab, 0xa54ff53a, 0x3c6ef372},
		k: [...]uint32{
			0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
			0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
			0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
			0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
			0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
			0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
			0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
			0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
		},
	}
	w := &c.padding
	w[0] = 1 << 31
	w[15] = BlockSize * 8 // bits
	for t := 16; t < len(w); t++ {
		w[t] = sigma(w[t-2], 17, 19, 10) + w[t-7] + sigma(w[t-15], 7, 18, 3) + w[t-16]
	}
	for t := range w {
		w[t] += c.k[t]
	}
	return c
}

// sigma rotates x right by r and s bits, shifts it right by another number of bits, and adds these
// without carry.
func sigma(x uint32, r, s, shift int) uint32 {
	return bits.RotateLeft32(x, -r) ^ bits.RotateLeft32(x, -s) ^ x>>shift
}

// hasSHA reports whether the processor has SSSE3, SSE4.1 and the SHA extensions (CPUID in volume 2
// of Intel's Software Developer's Manual). golang.org/x/sys/cpu lacks the last.
func hasSHA() bool {
	const ssse3, sse41, sha = 1 << 9, 1 << 19, 1 << 29
	last, _, _, _ := cpuid(0, 0)
	if last < 7 {
		return false
	}
	_, _, ecx, _ := cpuid(1, 0)
	_, ebx, _, _ := cpuid(7, 0)
	return ecx&ssse3 != 0 && ecx&sse41 != 0 && ebx&sha != 0
}

//go:noescape
func cpuid(leaf, subleaf uint32) (eax, ebx, ecx, edx uint32)
