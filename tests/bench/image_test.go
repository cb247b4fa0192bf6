// Package bench measures speed and memory on generated inputs with fixed seeds.
// No test depends on timing: everything here is a benchmark.
package bench

import (
	"bytes"
	"io"
	"math/rand/v2"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/convert/dump"
	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/treetest"
)

// entries is the size of the generated tree.
const entries = 100_000

// input is the generated tree in all three forms.
func input(b *testing.B) (t *tree.Tree, text, image []byte) {
	b.Helper()
	t = treetest.RootFS(entries)
	var d, i bytes.Buffer
	if err := dump.Write(&d, t); err != nil {
		b.Fatal(err)
	}
	if _, err := erofs.Write(&i, t, erofs.Options{}); err != nil {
		b.Fatal(err)
	}
	// A tree that came from a dump, as real ones come from somewhere.
	t, err := dump.Parse(bytes.NewReader(d.Bytes()), dump.Lenient)
	if err != nil {
		b.Fatal(err)
	}
	return t, d.Bytes(), i.Bytes()
}

// measure runs fn and reports CPU time beside the benchmark's own figures.
func measure(b *testing.B, fn func()) {
	b.Helper()
	b.ReportAllocs()
	before := cpu()
	for b.Loop() {
		fn()
	}
	b.ReportMetric(float64((cpu()-before).Microseconds())/1e3/float64(b.N), "cpu-ms/op")
}

func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkDumpToImage(b *testing.B) {
	_, text, _ := input(b)
	b.ResetTimer()
	measure(b, func() {
		t, err := dump.Parse(bytes.NewReader(text), dump.Lenient)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := erofs.Write(io.Discard, t, erofs.Options{}); err != nil {
			b.Fatal(err)
		}
	})
}

func BenchmarkDumpToTree(b *testing.B) {
	_, text, _ := input(b)
	measure(b, func() {
		if _, err := dump.Parse(bytes.NewReader(text), dump.Lenient); err != nil {
			b.Fatal(err)
		}
	})
}

func BenchmarkTreeToImage(b *testing.B) {
	t, _, _ := input(b)
	start, n := time.Now(), 0
	measure(b, func() {
		if _, err := erofs.Write(io.Discard, t, erofs.Options{}); err != nil {
			b.Fatal(err)
		}
		n++
	})
	b.ReportMetric(float64(n)*entries/time.Since(start).Seconds(), "inodes/s")
}

func BenchmarkImageToTree(b *testing.B) {
	_, _, image := input(b)
	measure(b, func() {
		m, err := erofs.Open(bytes.NewReader(image), int64(len(image)))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := m.Tree(); err != nil {
			b.Fatal(err)
		}
	})
}

func BenchmarkImageWalk(b *testing.B) {
	_, _, image := input(b)
	measure(b, func() {
		m, err := erofs.Open(bytes.NewReader(image), int64(len(image)))
		if err != nil {
			b.Fatal(err)
		}
		if err := m.Walk(func(string, uint64, *tree.Inode) error { return nil }); err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkLookup finds 1,000 random paths in an image in a file.
func BenchmarkLookup(b *testing.B) {
	t, _, image := input(b)
	f, err := os.CreateTemp(b.TempDir(), "image")
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // removed with its directory
	if _, err := f.Write(image); err != nil {
		b.Fatal(err)
	}
	var paths []string
	if err := t.Walk(func(path string, _ *tree.Entry) error {
		paths = append(paths, path)
		return nil
	}); err != nil {
		b.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	r.Shuffle(len(paths), func(i, k int) { paths[i], paths[k] = paths[k], paths[i] })
	measure(b, func() {
		m, err := erofs.Open(f, int64(len(image)))
		if err != nil {
			b.Fatal(err)
		}
		for _, path := range paths[:1000] {
			if _, err := m.Lookup(path); err != nil {
				b.Fatal(err)
			}
		}
	})
}
