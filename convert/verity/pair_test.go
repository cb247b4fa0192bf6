package verity

import (
	"crypto/rand"
	"crypto/sha256"
	"testing"
)

// TestSumPair compares with crypto/sha256, at all alignments to a line of the processor's cache.
func TestSumPair(t *testing.T) {
	buffer := make([]byte, 64+pairSize)
	for range 20 {
		rand.Read(buffer) //nolint:errcheck // it never fails
		for at := range 64 {
			pair := (*[pairSize]byte)(buffer[at:])
			var sums [2][sha256.Size]byte
			if !sumPair(&sums, pair) {
				return // nothing to compare: TestPairing
			}
			for i, sum := range sums {
				if want := sha256.Sum256(pair[i*BlockSize:][:BlockSize]); sum != want {
					t.Fatalf("block %d at address 64n+%d = %x, want %x", i, at, sum, want)
				}
			}
		}
	}
}
