//go:build isal && cgo

package gunzip_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"flag"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/gzip"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/driver/pull/gunzip"
)

var (
	seeds = flag.Uint64("seeds", 300, "how many random streams TestSame compares")
	blobs = flag.String("blobs", "", "the `pattern` of files with layers, parts of which TestSame damages too")
)

// outcome is the result of reading a stream.
type outcome struct {
	content []byte
	end     string
}

// ends are the errors that the readers have in common; any other one is "corrupt".
var ends = map[string]error{"EOF": io.EOF, "header": gzip.ErrHeader, "checksum": gzip.ErrChecksum, "cut": io.ErrUnexpectedEOF}

func end(err error) string {
	if err == nil {
		return "end"
	}
	for name, e := range ends {
		if errors.Is(err, e) {
			return name
		}
	}
	return "corrupt"
}

// read reads a stream by ISA-L, or by klauspost/compress.
func read(choice gunzip.Choice, r *bufio.Reader) (o outcome) {
	z, err := gunzip.NewReader(r, choice)
	if err == nil {
		o.content, err = io.ReadAll(z)
		err = errors.Join(err, z.Close())
	}
	o.end = end(err)
	return o
}

// same compares both readers: they return the same bytes and end with the same error. Before an error, one
// may return some bytes more than the other, which are tentative. A stream with wrong bits may end with
// other errors, because the libraries find them earlier or later. klauspost/compress now and then calls
// a stream invalid that is cut.
func same(t *testing.T, in []byte, wrongBits bool) {
	t.Helper()
	want := read(gunzip.Go, bufio.NewReader(bytes.NewReader(in)))
	for name, r := range map[string]*bufio.Reader{
		"at once":   bufio.NewReaderSize(bytes.NewReader(in), 64<<10),
		"bytewise":  bufio.NewReaderSize(iotest.OneByteReader(bytes.NewReader(in)), 16),
		"last, EOF": bufio.NewReaderSize(iotest.DataErrReader(bytes.NewReader(in)), 1<<10),
	} {
		got := read(gunzip.Auto, r)
		if err := differ(got, want, wrongBits); err != "" {
			t.Errorf("%s: %s", name, err)
		}
	}
}

// differ returns how two outcomes differ, "" if they do not.
func differ(got, want outcome, wrongBits bool) string {
	bothRefuse := got.end != "end" && want.end != "end"
	cut := got.end == "cut" && want.end == "corrupt"
	if got.end != want.end && !(bothRefuse && (wrongBits || cut)) {
		return "ISA-L ends with " + got.end + ", klauspost/compress with " + want.end
	}
	n := min(len(got.content), len(want.content))
	if want.end == "end" && len(got.content) != len(want.content) || !bytes.Equal(got.content[:n], want.content[:n]) {
		return "the contents differ"
	}
	return ""
}

// TestDiffer checks the comparer.
func TestDiffer(t *testing.T) {
	whole := outcome{[]byte("abc"), "end"}
	for _, o := range []outcome{{[]byte("ab"), "end"}, {[]byte("abd"), "end"}, {[]byte("abc"), "cut"}, {[]byte("abc"), "corrupt"}} {
		if differ(o, whole, true) == "" || differ(whole, o, true) == "" {
			t.Errorf("%q, %s is taken for %q, %s", o.content, o.end, whole.content, whole.end)
		}
	}
	if differ(outcome{nil, "corrupt"}, outcome{nil, "cut"}, false) == "" {
		t.Error("a cut stream is taken for an invalid one")
	}
}

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
	if o := read(gunzip.Auto, bufio.NewReader(bytes.NewReader(in))); o.end != "end" || string(o.content) != "a" {
		t.Errorf("ISA-L returns %q and %s: mend doc.go and this test", o.content, o.end)
	}
	if o := read(gunzip.Go, bufio.NewReader(bytes.NewReader(in))); o.end != "corrupt" {
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

// stream returns a gzip stream of several members.
func stream(t testing.TB, rng *rand.Rand) []byte {
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
		words := make([][]byte, 20)
		for i := range words {
			words[i] = make([]byte, rng.IntN(50))
			for j := range words[i] {
				words[i][j] = byte(rng.Uint32())
			}
		}
		for range rng.IntN(3000) {
			_, err = z.Write(words[rng.IntN(len(words))])
			if rng.IntN(200) == 0 {
				err = errors.Join(err, z.Flush())
			}
		}
		if err = errors.Join(err, z.Close()); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

// damage returns the stream cut, with bytes after its end, as it is, or with wrong bits.
func damage(rng *rand.Rand, in []byte) (out []byte, wrongBits bool) {
	switch rng.IntN(6) {
	case 0:
		return in, false
	case 1:
		return in[:rng.IntN(len(in)+1)], false
	case 2:
		return append(in, make([]byte, rng.IntN(30))...), false
	}
	for range rng.IntN(3) + 1 {
		in[rng.IntN(len(in))] ^= 1 << rng.IntN(8)
	}
	return in, true
}

// TestSame reads random and damaged streams, and with -blobs damaged layers.
func TestSame(t *testing.T) {
	layers, err := filepath.Glob(*blobs)
	if err != nil || *blobs != "" && len(layers) == 0 {
		t.Fatalf("no file matches %q: %v", *blobs, err)
	}
	for seed := range *seeds {
		rng := rand.New(rand.NewPCG(seed, 0))
		in := stream(t, rng)
		if n := rng.IntN(len(layers) + 1); n > 0 {
			in = beginning(t, layers[n-1], rng.IntN(1<<20)+1)
		}
		in, wrongBits := damage(rng, in)
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) { same(t, in, wrongBits) })
	}
}

// beginning returns the first bytes of a file, at most n.
func beginning(t *testing.T, path string, n int) []byte {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // open for reading
	b, err := io.ReadAll(io.LimitReader(f, int64(n)))
	if err != nil {
		t.Fatal(err)
	}
	return b
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
			same(t, in[:cut], false)
		}
		same(t, append(bytes.Clone(in), in...), false)
		same(t, header(t, byte(flags), 1), false)
	}
	for _, length := range []int{510, 511, 512, 513, 5000} {
		in := []byte("\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\xff" + strings.Repeat("n", length) + "\x00")
		same(t, append(in, header(t, 0, 0)[10:]...), false)
	}
}

// FuzzSame reads damaged streams.
func FuzzSame(f *testing.F) {
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 1))
		in := stream(f, rng)
		f.Add(in[:min(len(in), 4000)])
	}
	for flags := range byte(32) {
		f.Add(header(f, flags, 0))
	}
	f.Fuzz(func(t *testing.T, in []byte) { same(t, in, true) })
}

// TestFreed closes readers before the end of their streams, and checks the memory of the process.
func TestFreed(t *testing.T) {
	in := stream(t, rand.New(rand.NewPCG(1, 1)))
	before := layertest.Resident(t)
	for range 2000 {
		z, err := gunzip.NewReader(bufio.NewReader(bytes.NewReader(in)), gunzip.Auto)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := z.Read(make([]byte, 100)); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := z.Read(make([]byte, 100)); !errors.Is(err, io.ErrClosedPipe) {
			t.Fatalf("Read after Close: %v", err)
		}
	}
	// A decompressor has 90 kB.
	if grown := layertest.Resident(t) - before; grown > 60<<20 {
		t.Errorf("2000 closed readers keep %d bytes", grown)
	}
}
