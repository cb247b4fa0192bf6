package verity_test

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// pattern returns the data of the vectors: byte i is i mod 251.
func pattern(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i % 251)
	}
	return b
}

// TestVectors compares with digests of fsverity-utils: testdata/fsverity.tsv has size, sha256
// digest and sha512 digest.
func TestVectors(t *testing.T) {
	table, err := os.ReadFile("testdata/fsverity.tsv")
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSpace(string(table)), "\n")
	if len(rows) < 20 {
		t.Fatalf("%d vectors, want all of them", len(rows))
	}
	for _, row := range rows {
		column := strings.Split(row, "\t")
		n, err := strconv.Atoi(column[0])
		if err != nil {
			t.Fatal(err)
		}
		data := pattern(n)
		for i, a := range []verity.Algorithm{verity.SHA256, verity.SHA512} {
			h := verity.NewHash(a)
			h.Write(data) //nolint:errcheck // a hash never fails
			if got := hex.EncodeToString(h.Sum(nil)); got != column[1+i] {
				t.Errorf("%s of %d bytes = %s, want %s", a, n, got, column[1+i])
			}
		}
	}
}

func TestStrings(t *testing.T) {
	for _, tc := range []struct{ in, want string }{
		{"hello world", "1e2eaa4202d750a41174ee454970b92c1bc2f925b1e35076d8c7d5f56362ba64"},
		{"A", "9845e616f7d2f7a1cd6742f0546a36d2e74d4eb8ae7d9bdc0b0df982c27861b7"},
		{"composefs", "4c23d526fc22470cb5a518c9429dfb09ff90ff0c3580624eaff86a7f2d8d0333"},
	} {
		if got := verity.Sum([]byte(tc.in)).String(); got != tc.want {
			t.Errorf("Sum(%q) = %s, want %s", tc.in, got, tc.want)
		}
	}
}

// TestSteps writes lengths around the borders of blocks and tree levels in steps
// of many sizes.
func TestSteps(t *testing.T) {
	const block, level = verity.BlockSize, verity.BlockSize * 128
	for _, n := range []int{0, 1, block - 1, block, block + 1, 2 * block, level - 1, level, level + 1, level + block + 7} {
		data := pattern(n)
		for _, step := range []int{1, 7, 64, block - 1, block, block + 1, 3*block + 5, level} {
			if step < 64 && n > 3*block {
				continue // slow and nothing new
			}
			for _, a := range []verity.Algorithm{verity.SHA256, verity.SHA512} {
				h := verity.NewHash(a)
				writeSteps(h, data, step)
				if got, want := h.Sum(nil), oneShot(a, data); !bytes.Equal(got, want) {
					t.Errorf("%s of %d bytes in steps of %d = %x, want %x", a, n, step, got, want)
				}
			}
		}
	}
}

func writeSteps(h hash.Hash, data []byte, step int) {
	for len(data) > 0 {
		n := min(step, len(data))
		h.Write(data[:n])
		data = data[n:]
	}
}

// oneShot computes a digest by the definition, level by level.
func oneShot(a verity.Algorithm, data []byte) []byte {
	plain := func(b []byte) []byte {
		if a == verity.SHA512 {
			sum := sha512.Sum512(b)
			return sum[:]
		}
		sum := sha256.Sum256(b)
		return sum[:]
	}
	root := make([]byte, a.Size())
	for level := data; len(level) > 0; {
		var next []byte
		for at := 0; at < len(level); at += verity.BlockSize {
			block := make([]byte, verity.BlockSize)
			copy(block, level[at:])
			next = append(next, plain(block)...)
		}
		if len(next) == a.Size() {
			root = next
			break
		}
		level = next
	}
	descriptor := make([]byte, 256)
	descriptor[0], descriptor[1], descriptor[2] = 1, byte(a), 12
	binary.LittleEndian.PutUint64(descriptor[8:], uint64(len(data)))
	copy(descriptor[16:], root)
	return plain(descriptor)
}

func TestSumKeepsState(t *testing.T) {
	data := pattern(3*verity.BlockSize + 5)
	h := verity.New()
	h.Write(data[:verity.BlockSize+1]) //nolint:errcheck // a hash never fails
	first := h.Digest()
	if first != h.Digest() || first != verity.Sum(data[:verity.BlockSize+1]) {
		t.Error("Digest changes the state")
	}
	h.Write(data[verity.BlockSize+1:]) //nolint:errcheck // a hash never fails
	if h.Digest() != verity.Sum(data) {
		t.Error("writing after Digest gives another digest")
	}
	h.Reset()
	h.Write(data) //nolint:errcheck // a hash never fails
	if h.Digest() != verity.Sum(data) {
		t.Error("Reset leaves something behind")
	}
	if got := h.Sum([]byte("x")); string(got[:1]) != "x" || len(got) != 1+h.Size() {
		t.Error("Sum does not append")
	}
}

// TestSumBetween asks for the digest after each block, over more than one tree level.
func TestSumBetween(t *testing.T) {
	data := pattern(260 * verity.BlockSize)
	for _, a := range []verity.Algorithm{verity.SHA256, verity.SHA512} {
		h := verity.NewHash(a)
		for n := verity.BlockSize; n <= len(data); n += verity.BlockSize {
			h.Write(data[n-verity.BlockSize : n]) //nolint:errcheck // a hash never fails
			got := h.Sum(nil)
			if n/verity.BlockSize%64 > 4 {
				continue // slow and nothing new
			}
			if want := oneShot(a, data[:n]); !bytes.Equal(got, want) {
				t.Fatalf("%s of %d bytes = %x, want %x", a, n, got, want)
			}
		}
	}
}

// TestZeroBlocks puts blocks of zeros, whose hash is known, in all places of two pairs.
func TestZeroBlocks(t *testing.T) {
	for zeros := range 16 {
		data := pattern(4 * verity.BlockSize)
		for i := range 4 {
			if zeros>>i&1 == 1 {
				clear(data[i*verity.BlockSize:][:verity.BlockSize])
			}
		}
		for _, a := range []verity.Algorithm{verity.SHA256, verity.SHA512} {
			h := verity.NewHash(a)
			h.Write(data) //nolint:errcheck // a hash never fails
			if got, want := h.Sum(nil), oneShot(a, data); !bytes.Equal(got, want) {
				t.Errorf("%s with zeros in blocks %04b = %x, want %x", a, zeros, got, want)
			}
		}
	}
}

func TestParseDigest(t *testing.T) {
	d := verity.Sum([]byte("x"))
	if got, err := verity.ParseDigest(d.String()); err != nil || got != d {
		t.Errorf("ParseDigest = %v, %v", got, err)
	}
	for _, bad := range []string{"", "ab", d.String() + "0", d.String()[1:] + "g"} {
		if _, err := verity.ParseDigest(bad); err == nil {
			t.Errorf("ParseDigest(%q): no error", bad)
		}
	}
}

// FuzzWrite writes data in pieces whose sizes come from the input.
func FuzzWrite(f *testing.F) {
	f.Add([]byte(""), []byte{}, false)
	f.Add([]byte("hello world"), []byte{1, 2, 3}, false)
	f.Add(pattern(verity.BlockSize), []byte{255, 1}, true)
	f.Add(pattern(2*verity.BlockSize+1), []byte{16, 255, 0}, true)
	f.Fuzz(func(t *testing.T, data, steps []byte, long bool) {
		a := verity.SHA256
		if long {
			a = verity.SHA512
		}
		if len(data) > 0 { // the engine's inputs are short; trees need length
			data = bytes.Repeat(data, 1+int(data[0])*4)
		}
		h := verity.NewHash(a)
		rest := data
		for i := 0; len(rest) > 0; i++ {
			n := len(rest)
			if i < len(steps) {
				n = min(n, int(steps[i])*33)
			}
			h.Write(rest[:n]) //nolint:errcheck // a hash never fails
			rest = rest[n:]
		}
		if got, want := h.Sum(nil), oneShot(a, data); !bytes.Equal(got, want) {
			t.Fatalf("%s of %d bytes = %x, want %x", a, len(data), got, want)
		}
	})
}

// BenchmarkHash reports the shortest time, because other processes disturb: as bytes per second, and as
// a multiple of that of crypto/sha256 for the same bytes.
func BenchmarkHash(b *testing.B) {
	for _, size := range []int{4 << 10, 64 << 10, 1 << 20} {
		b.Run(fmt.Sprintf("%dKiB", size>>10), func(b *testing.B) {
			data := pattern(size)
			h := verity.New()
			ours, plain := time.Hour, time.Hour
			for b.Loop() {
				start := time.Now()
				h.Reset()
				h.Write(data) //nolint:errcheck // a hash never fails
				h.Digest()
				middle := time.Now()
				sha256.Sum256(data)
				plain = min(plain, time.Since(middle))
				ours = min(ours, middle.Sub(start))
			}
			b.ReportMetric(0, "ns/op") // of both
			b.ReportMetric(float64(size)/ours.Seconds()/1e6, "MB/s")
			b.ReportMetric(ours.Seconds()/plain.Seconds(), "of-sha256")
		})
	}
}
