package blob

import (
	"bytes"
	"hash/crc64"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestChecksum compares checksums with those of hash/crc64, of contents as a whole and in pieces.
func TestChecksum(t *testing.T) {
	random := rand.NewChaCha8([32]byte{})
	for _, size := range []int{0, 1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 1000, 32<<10 - 1, 32 << 10, 32<<10 + 1, 100_001} {
		content := make([]byte, size)
		_, _ = random.Read(content)
		judge := crc64.New(crc64.MakeTable(crc64.ISO))
		_, _ = judge.Write(content)
		for _, piece := range []int{1, 7, 1000, size + 1} {
			var crc checksum
			for p := range slices.Chunk(content, piece) {
				crc.add(p)
			}
			if got, want := crc.sum(), judge.Sum(nil); !bytes.Equal(got, want) {
				t.Errorf("%d bytes in pieces of %d: %x, want %x", size, piece, got, want)
			}
		}
	}
}

func FuzzChecksum(f *testing.F) {
	table := crc64.MakeTable(crc64.ISO)
	f.Add(uint64(0), []byte("seventeen bytes.."))
	f.Add(uint64(1<<63), bytes.Repeat([]byte("a few hundred bytes "), 40))
	f.Fuzz(func(t *testing.T, crc uint64, p []byte) {
		want := crc64.Update(crc, table, p)
		for name, update := range map[string]func(uint64, []byte) uint64{"in Go": updateInGo, "by the library, if there is one": updateCRC} {
			if got := ^update(^crc, p); got != want {
				t.Errorf("%s: %x, want %x", name, got, want)
			}
		}
	})
}

func BenchmarkChecksum(b *testing.B) {
	p := make([]byte, 32<<10)
	table := crc64.MakeTable(crc64.ISO)
	for name, update := range map[string]func(uint64){
		"ours": func(crc uint64) { updateCRC(crc, p) }, "in Go": func(crc uint64) { updateInGo(crc, p) }, "hash/crc64": func(crc uint64) { crc64.Update(crc, table, p) },
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(p)))
			for range b.N {
				update(1)
			}
		})
	}
}
