//go:build cgo && isal && libzstd

package decompress_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"github.com/composefs-storage/composefs-storage/driver/pull/decompress"
)

// TestIncomplete reads a stream that only ISA-L accepts: its Huffman code lacks codes. No compressor
// writes such a stream.
func TestIncomplete(t *testing.T) {
	// The last block, with a code of its own for 257 literals and 1 distance. In the code of lengths, 1,
	// 2 and 18 have codes. The lengths: 97 zeros, 2 for "a", 138 and 20 zeros, 2 for the end, 1 for the distance.
	var w bits
	w.add(1, 1)
	w.add(2, 2)
	w.add(0, 5)
	w.add(0, 5)
	w.add(14, 4) // 18 lengths, in the order 16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1
	for _, length := range []int{0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 2} {
		w.add(length, 3)
	}
	zeros := func(n int) { w.add(0, 1); w.add(n-11, 7) }
	zeros(97)
	w.code(3, 2)
	zeros(138)
	zeros(20)
	w.code(3, 2)
	w.code(2, 2)
	w.code(0, 2) // "a"
	w.code(1, 2) // the end
	in := append([]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"), w.bytes...)
	in = binary.LittleEndian.AppendUint32(in, crc32.ChecksumIEEE([]byte("a")))
	in = binary.LittleEndian.AppendUint32(in, 1)
	if o := formats["gzip"].read(decompress.Auto, bufio.NewReader(bytes.NewReader(in))); o.end != "end" || string(o.content) != "a" {
		t.Errorf("ISA-L returns %q and %s: mend doc.go and this test", o.content, o.end)
	}
	if o := formats["gzip"].read(decompress.Go, bufio.NewReader(bytes.NewReader(in))); o.end != "corrupt" {
		t.Errorf("klauspost/compress returns %q and %s: mend doc.go and this test", o.content, o.end)
	}
}

// bits is a string of bits, from the lowest bit of each byte on.
type bits struct {
	bytes []byte
	n     int
}

// add adds the low n bits of value, the lowest first.
func (b *bits) add(value, n int) {
	for i := range n {
		if b.n%8 == 0 {
			b.bytes = append(b.bytes, 0)
		}
		b.bytes[b.n/8] |= byte(value>>i&1) << (b.n % 8)
		b.n++
	}
}

// code adds a Huffman code of n bits, the highest first.
func (b *bits) code(value, n int) {
	for i := n - 1; i >= 0; i-- {
		b.add(value>>i, 1)
	}
}

// gzipStream returns a gzip stream of several members.
func gzipStream(t testing.TB, rng *rand.Rand) []byte {
	var b bytes.Buffer
	for range rng.IntN(3) + 1 {
		z, err := gzip.NewWriterLevel(&b, rng.IntN(12)-2)
		if err != nil {
			t.Fatal(err)
		}
		if rng.IntN(2) == 0 {
			z.Name = "name"
		}
		if rng.IntN(2) == 0 {
			z.Extra, z.Comment = []byte("extra"), "comment"
		}
		writeWords(t, rng, z)
	}
	return b.Bytes()
}

// header returns a member with the optional fields of a header, whose checksum has these bits flipped.
func header(t testing.TB, flags byte, flip byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte("content")); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	member := b.Bytes()
	head := append([]byte{}, member[:10]...)
	head[3] = flags
	if flags&4 != 0 {
		head = append(head, 3, 0, 'a', 'b', 'c')
	}
	for _, flag := range []byte{8, 16} {
		if flags&flag != 0 {
			head = append(head, "name\x00"...)
		}
	}
	if flags&2 != 0 {
		sum := crc32.ChecksumIEEE(head)
		head = append(head, byte(sum)^flip, byte(sum>>8))
	}
	return append(head, member[10:]...)
}

// TestHeaders reads headers with each combination of flags, whole and cut anywhere, with right and wrong
// checksums, and with names that are too long.
func TestHeaders(t *testing.T) {
	for flags := range 256 {
		in := header(t, byte(flags), 0)
		for cut := range len(in) + 1 {
			formats["gzip"].same(t, in[:cut], false)
		}
		formats["gzip"].same(t, append(bytes.Clone(in), in...), false)
		formats["gzip"].same(t, header(t, byte(flags), 1), false)
	}
	for _, length := range []int{510, 511, 512, 513, 5000} {
		in := []byte("\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\xff" + strings.Repeat("n", length) + "\x00")
		formats["gzip"].same(t, append(in, header(t, 0, 0)[10:]...), false)
	}
}

// FuzzGzip reads damaged streams.
func FuzzGzip(f *testing.F) {
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 1))
		in := gzipStream(f, rng)
		f.Add(in[:min(len(in), 4000)])
	}
	for flags := range byte(32) {
		f.Add(header(f, flags, 0))
	}
	f.Fuzz(func(t *testing.T, in []byte) { formats["gzip"].same(t, in, true) })
}
