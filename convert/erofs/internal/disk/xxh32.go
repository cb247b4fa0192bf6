package disk

import "math/bits"

const (
	prime1 = 2654435761
	prime2 = 2246822519
	prime3 = 3266489917
	prime4 = 668265263
	prime5 = 374761393
)

// xxh32 returns the 32-bit xxHash of s (xxhash.com, specification 0.1.1), which the format
// prescribes for name filters. Names are short, so the loops are not unrolled.
func xxh32(s string, seed uint32) uint32 {
	total := uint32(len(s))
	var h uint32
	if len(s) < 16 {
		h = seed + prime5
	} else {
		lanes := [4]uint32{seed + prime1, seed, seed, seed}
		lanes[0] += prime2
		lanes[1] += prime2
		lanes[3] -= prime1
		for ; len(s) >= 16; s = s[16:] {
			for i := range lanes {
				lanes[i] = bits.RotateLeft32(lanes[i]+word(s[4*i:])*prime2, 13) * prime1
			}
		}
		h = bits.RotateLeft32(lanes[0], 1) + bits.RotateLeft32(lanes[1], 7) +
			bits.RotateLeft32(lanes[2], 12) + bits.RotateLeft32(lanes[3], 18)
	}
	h += total
	for ; len(s) >= 4; s = s[4:] {
		h = bits.RotateLeft32(h+word(s)*prime3, 17) * prime4
	}
	for i := range len(s) {
		h = bits.RotateLeft32(h+uint32(s[i])*prime5, 11) * prime1
	}
	h = (h ^ h>>15) * prime2
	h = (h ^ h>>13) * prime3
	return h ^ h>>16
}

func word(s string) uint32 {
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}
