package blob

import (
	"bytes"
	"errors"
	"hash/crc64"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"
)

// TestChecksums compares checksums with those of hash/crc64.
func TestChecksums(t *testing.T) {
	random := rand.NewChaCha8([32]byte{})
	for _, size := range []int{0, 1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 1000, 32<<10 - 1, 32 << 10, 32<<10 + 1, 100_001} {
		content := make([]byte, size)
		_, _ = random.Read(content)
		judge := crc64.New(crc64.MakeTable(crc64.ISO))
		_, _ = judge.Write(content)
		for name, r := range map[string]io.Reader{"whole": bytes.NewReader(content), "in pieces": iotest.HalfReader(bytes.NewReader(content))} {
			n, sum, err := new(checksums).of(r)
			if want := judge.Sum(nil); err != nil || n != int64(size) || !bytes.Equal(sum, want) {
				t.Errorf("%d bytes, %s: %d, %x, %v, want %x", size, name, n, sum, err, want)
			}
		}
	}
	broken := io.ErrUnexpectedEOF // of a tar that is truncated
	if _, _, err := new(checksums).of(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("of a broken reader: %v", err)
	}
}

func FuzzChecksum(f *testing.F) {
	table := crc64.MakeTable(crc64.ISO)
	f.Add(uint64(0), []byte("seventeen bytes.."))
	f.Fuzz(func(t *testing.T, crc uint64, p []byte) {
		if got, want := ^updateCRC(^crc, p), crc64.Update(crc, table, p); got != want {
			t.Errorf("%x, want %x", got, want)
		}
	})
}

func BenchmarkChecksum(b *testing.B) {
	p := make([]byte, 32<<10)
	table := crc64.MakeTable(crc64.ISO)
	for name, update := range map[string]func(uint64){
		"ours": func(crc uint64) { updateCRC(crc, p) }, "hash/crc64": func(crc uint64) { crc64.Update(crc, table, p) },
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(p)))
			for range b.N {
				update(1)
			}
		})
	}
}
