//go:build cgo && isal && libzstd

package decompress_test

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/driver/pull/decompress"
)

var (
	seeds = flag.Uint64("seeds", 300, "how many random streams of each format TestSame compares")
	blobs = flag.String("blobs", "", "the `pattern` of files with layers, parts of which TestSame damages too")
)

// outcome is the result of reading a stream.
type outcome struct {
	content []byte
	end     string
}

// ends are the errors that the readers have in common; any other one is "corrupt".
var ends = map[string]error{
	"EOF": io.EOF, "header": gzip.ErrHeader, "checksum": gzip.ErrChecksum, "cut": io.ErrUnexpectedEOF,
	"magic": zstd.ErrMagicMismatch, "window": zstd.ErrWindowSizeExceeded, "checksum of a frame": zstd.ErrCRCMismatch,
}

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

// format is a compression.
type format struct {
	open   func(*bufio.Reader, decompress.Choice) (io.ReadCloser, error)
	stream func(testing.TB, *rand.Rand) []byte
	magic  string
	// lenient: the C library accepts some streams that klauspost/compress calls invalid.
	lenient bool
}

var formats = map[string]format{
	"gzip": {decompress.Gzip, gzipStream, "\x1f\x8b", false},
	"zstd": {decompress.Zstd, zstdStream, "\x28\xb5\x2f\xfd", true},
}

// read reads a stream by the C library, or by klauspost/compress.
func (f format) read(choice decompress.Choice, r *bufio.Reader) (o outcome) {
	z, err := f.open(r, choice)
	if err == nil {
		o.content, err = io.ReadAll(z)
		err = errors.Join(err, z.Close())
	}
	o.end = end(err)
	return o
}

// same compares both readers: they return the same bytes and end with the same error. Before an error, one
// may return some bytes more than the other, which are tentative. A stream with wrong bits may end with
// other errors, because the libraries find them earlier or later, and libzstd overlooks some of them.
// klauspost/compress now and then calls a stream invalid that is cut.
func (f format) same(t *testing.T, in []byte, wrongBits bool) {
	t.Helper()
	want := f.read(decompress.Go, bufio.NewReader(bytes.NewReader(in)))
	for name, r := range map[string]*bufio.Reader{
		"at once":   bufio.NewReaderSize(bytes.NewReader(in), 64<<10),
		"bytewise":  bufio.NewReaderSize(iotest.OneByteReader(bytes.NewReader(in)), 16),
		"last, EOF": bufio.NewReaderSize(iotest.DataErrReader(bytes.NewReader(in)), 1<<10),
	} {
		got := f.read(decompress.Auto, r)
		if f.lenient && wrongBits && got.end == "end" && want.end != "end" {
			got = outcome{got.content[:min(len(got.content), len(want.content))], want.end}
		}
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
		return "the C library ends with " + got.end + ", klauspost/compress with " + want.end
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

// writeWords writes words of random bytes, which repeat, and closes w.
func writeWords(t testing.TB, rng *rand.Rand, w interface {
	io.WriteCloser
	Flush() error
}) {
	t.Helper()
	words := make([][]byte, 20)
	for i := range words {
		words[i] = make([]byte, rng.IntN(50))
		for j := range words[i] {
			words[i][j] = byte(rng.Uint32())
		}
	}
	var err error
	for range rng.IntN(3000) {
		_, e := w.Write(words[rng.IntN(len(words))])
		err = errors.Join(err, e)
		if rng.IntN(200) == 0 {
			err = errors.Join(err, w.Flush())
		}
	}
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
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
	for name, f := range formats {
		for seed := range *seeds {
			rng := rand.New(rand.NewPCG(seed, 0))
			in := f.stream(t, rng)
			if n := rng.IntN(len(layers) + 1); n > 0 {
				if layer := beginning(t, layers[n-1], rng.IntN(1<<20)+1); bytes.HasPrefix(layer, []byte(f.magic)) {
					in = layer
				}
			}
			in, wrongBits := damage(rng, in)
			t.Run(name+"/"+strconv.FormatUint(seed, 10), func(t *testing.T) { f.same(t, in, wrongBits) })
		}
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

// TestFreed closes readers before the end of their streams, and checks the memory of the process.
func TestFreed(t *testing.T) {
	for name, f := range formats {
		t.Run(name, func(t *testing.T) {
			in := f.stream(t, rand.New(rand.NewPCG(1, 1)))
			before := layertest.Resident(t)
			for range 2000 {
				z, err := f.open(bufio.NewReader(bytes.NewReader(in)), decompress.Auto)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := z.Read(make([]byte, 100)); err != nil {
					t.Fatal(err)
				}
				if err := z.Close(); err != nil {
					t.Fatal(err)
				}
			}
			// A decompressor has 90 kB or more.
			if grown := layertest.Resident(t) - before; grown > 60<<20 {
				t.Errorf("2000 closed readers keep %d bytes", grown)
			}
		})
	}
}

// TestClosed reads from a closed reader.
func TestClosed(t *testing.T) {
	for name, f := range formats {
		z, err := f.open(bufio.NewReader(bytes.NewReader(f.stream(t, rand.New(rand.NewPCG(1, 1))))), decompress.Auto)
		if err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := z.Read(make([]byte, 100)); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%s: Read after Close: %v", name, err)
		}
	}
}
