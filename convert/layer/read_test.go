package layer_test

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// TestMemory checks that the contents of a layer take no memory.
func TestMemory(t *testing.T) {
	for name, in := range map[string]*stream{
		"a large file":    {files: 1, size: 200 << 20},
		"many files":      {files: 20_000, size: 100_000},
		"many larger one": {files: 200, size: 1_000_000},
	} {
		var calls, peak atomic.Int64
		look := func() {
			for live := live(); ; {
				if old := peak.Load(); live <= old || peak.CompareAndSwap(old, live) {
					return
				}
			}
		}
		before := live()
		tr, err := layer.Read(t.Context(), in, store{
			add: func([]byte) error {
				if calls.Add(1)%2000 == 0 {
					look()
				}
				return nil
			},
			addFrom: func(r io.Reader, size int64) error {
				_, err := io.CopyN(io.Discard, r, size/2)
				if err == nil && calls.Add(1)%20 == 1 {
					look()
				}
				_, err = io.Copy(io.Discard, r)
				return err
			},
		}, layer.Options{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		of := live() - before // the tree
		const most = 16 << 20
		if beyond := peak.Load() - before - of; beyond > most {
			t.Errorf("%s: %d bytes beyond the tree of %d, more than %d", name, beyond, of, most)
		}
		runtime.KeepAlive(tr)
	}
}

// TestTreeMemory checks that a file takes the memory of its inode, its entry and its name, not that of
// its path.
func TestTreeMemory(t *testing.T) {
	const files, perDir = 100_000, 200
	before := live()
	b := layer.NewBuilder(func(string, *tree.Inode) error { return nil })
	for i := range files {
		err := b.Add(&tar.Header{
			Typeflag: tar.TypeReg, Size: 1000, Mode: 0o644,
			Name: fmt.Sprintf("%s/%03d/file-%d", strings.Repeat("long/", 20), i/perDir, i),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	tr := b.Tree()
	const most = 144 + 2*32 + 12 + 4 // bytes: the inode, the entry with room for growth, the name, a share of its directory
	if each := (live() - before) / files; each > most {
		t.Errorf("%d bytes for each file, want at most %d", each, most)
	}
	runtime.KeepAlive(tr)
}

// live returns the number of bytes in use.
func live() int64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

// TestSlowStore checks that a slow store causes no deadlock: files that are larger than all chunks
// together are among more files than chunks.
func TestSlowStore(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var entries []layertest.Entry
	for i := range 300 {
		size := 1000
		if i%100 == 50 {
			size = 8 << 20
		}
		entries = append(entries, layertest.File(fmt.Sprint(i), strings.Repeat("x", size)))
	}
	in := layertest.Tar(entries...)
	slow := store{
		add: func([]byte) error { time.Sleep(time.Millisecond); return nil },
		addFrom: func(r io.Reader, _ int64) error {
			_, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{r}, make([]byte, 10_000))
			return err
		},
	}
	for _, workers := range []int{1, 2, 8, 100} {
		if _, err := layer.Read(ctx, bytes.NewReader(in), slow, layer.Options{Workers: workers}); err != nil {
			t.Errorf("%d workers: %v", workers, err)
		}
	}
}

// TestExactStore checks a store that reads the announced bytes and no further.
func TestExactStore(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	exact := store{addFrom: func(r io.Reader, size int64) error {
		_, err := io.ReadFull(r, make([]byte, size))
		return err
	}}
	if _, err := layer.Read(ctx, &stream{files: 200, size: 200_000}, exact, layer.Options{Workers: 1}); err != nil {
		t.Error(err)
	}
}

// hashing is a store that returns digests and keeps nothing.
type hashing struct{}

func (hashing) Add(content []byte) (verity.Digest, error) { return verity.Sum(content), nil }

func (hashing) AddFrom(r io.Reader, size int64) (verity.Digest, error) {
	h := verity.New()
	n, err := io.Copy(h, r)
	if err == nil && n != size {
		err = fmt.Errorf("%d bytes of %d", n, size)
	}
	return h.Digest(), err
}

// TestWorkers checks that the number of workers and of processors decides nothing.
func TestWorkers(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var entries []layertest.Entry
	for i := range 500 {
		name := fmt.Sprintf("d%d/%d", i%7, i)
		entries = append(entries, layertest.File(name, strings.Repeat(name, i*i/10)))
		if i%5 == 0 {
			entries = append(entries, layertest.Link(fmt.Sprintf("d%d/%d", i%3, i+1000), name).Owner(i, i, 0o600))
		}
	}
	in := layertest.Tar(entries...)
	var want *tree.Tree
	for _, processors := range []int{1, 2, 8} {
		runtime.GOMAXPROCS(processors)
		for _, workers := range []int{0, 1, 2, 8} {
			got, err := layer.Read(t.Context(), bytes.NewReader(in), hashing{}, layer.Options{Workers: workers})
			if err != nil {
				t.Fatal(err)
			}
			if want == nil {
				want = got
			}
			for d := range tree.Diff(want, got) {
				t.Errorf("%d processors, %d workers: %s", processors, workers, d)
			}
		}
	}
}
