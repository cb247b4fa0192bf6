package erofs_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"runtime"
	"runtime/metrics"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/treetest"
)

// FuzzTree turns random trees into images and back.
func FuzzTree(f *testing.F) {
	for seed := range uint64(30) {
		f.Add(seed, uint16(seed*seed), seed%2 == 0)
	}
	f.Fuzz(func(t *testing.T, seed uint64, n uint16, v1 bool) {
		checkRoundTrip(t, treetest.Random(rand.New(rand.NewPCG(seed, 0)), int(n%2000)), v1)
	})
}

// checkRoundTrip checks tree → image → tree → image.
func checkRoundTrip(t *testing.T, want *tree.Tree, v1 bool) {
	t.Helper()
	format := erofs.V0
	if v1 {
		format = erofs.V1
	}
	first := write(t, want, format)
	got, err := open(t, first).Tree()
	if err != nil {
		t.Fatal(err)
	}
	for d := range tree.Diff(expected(want, v1), got) {
		t.Error(d)
	}
	if !bytes.Equal(write(t, got, format), first) {
		t.Error("image → tree → image gives other bytes")
	}
}

// expected returns the tree that an image of t gives back: in a directory with whiteouts, the marks
// of the format replace xattrs of the same names.
func expected(t *tree.Tree, v1 bool) *tree.Tree {
	names := []string{"trusted.overlay.whiteouts", "user.overlay.whiteouts"}
	if v1 {
		names = append(names, "trusted.overlay.opaque", "user.overlay.opaque")
	}
	var visit func(dir *tree.Inode) *tree.Inode
	copies := map[*tree.Inode]*tree.Inode{}
	visit = func(dir *tree.Inode) *tree.Inode {
		c := *dir
		c.Dir = &tree.Dir{Opaque: dir.Dir.Opaque, Implied: dir.Dir.Implied}
		for e := range dir.Dir.All() {
			if e.Inode.IsWhiteout() {
				for _, name := range names {
					c.Xattrs = c.Xattrs.Without(name)
				}
			}
			entry := *e
			if e.Inode.IsDir() {
				entry.Inode = visit(e.Inode)
			} else if !e.Link {
				n := *e.Inode
				entry.Inode = &n
				if n.IsWhiteout() {
					entry.Inode.Xattrs = n.Xattrs.Without("trusted.overlay.whiteout").Without("user.overlay.whiteout")
				}
				copies[e.Inode] = entry.Inode
			}
			if err := c.Dir.Add(entry); err != nil {
				panic(err)
			}
		}
		return &c
	}
	root := visit(t.Root)
	all := &tree.Tree{Root: root}
	_ = all.Walk(func(_ string, e *tree.Entry) error {
		if e.Link {
			e.Inode = copies[e.Inode]
		}
		return nil
	})
	return all
}

// FuzzImage reads damaged images. Nothing may panic or take more memory than MemoryFactor allows.
// If reading succeeds, the image of the tree must give the same tree.
func FuzzImage(f *testing.F) {
	for _, v := range treetest.Accepted(f) {
		if len(v.Options) > 0 || len(v.Dump) > 4<<10 {
			continue
		}
		if _, b := image(f, v.Dump, erofs.Auto); len(b) <= 32<<10 {
			f.Add(b, uint32(0), uint32(0), uint32(0), uint32(0))
			f.Add(b, uint32(1152), uint32(0xffff), uint32(9500), uint32(7))
		}
	}
	for seed := range uint64(20) {
		b := write(f, treetest.RandomLayer(rand.New(rand.NewPCG(seed, 3)), int(seed*4)), erofs.Layer)
		f.Add(b, uint32(seed*100), uint32(0xff), uint32(1152+seed*32), uint32(1))
	}
	f.Fuzz(func(t *testing.T, b []byte, at1, value1, at2, value2 uint32) {
		if len(b) > 1<<20 {
			return
		}
		// Damage inodes, which the engine would rarely hit.
		b = bytes.Clone(b)
		patch(b, at1, value1)
		patch(b, at2, value2)
		checkHostile(t, b)
	})
}

func patch(b []byte, at, value uint32) {
	if value == 0 || len(b) < 4 {
		return
	}
	i := int(at) % (len(b) - 3)
	for k := range 4 {
		b[i+k] ^= byte(value >> (8 * k))
	}
}

// checkHostile calls all methods of an image.
func checkHostile(t *testing.T, b []byte) {
	t.Helper()
	m, err := erofs.Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		checkReadError(t, err)
		return
	}
	var tr *tree.Tree
	bounded(t, len(b), "Tree", func() int {
		tr, err = m.Tree()
		return 0
	})
	checkReadError(t, err)
	bounded(t, len(b), "Walk", func() (paths int) {
		checkReadError(t, m.Walk(func(path string, _ uint64, _ *tree.Inode) error {
			paths += len(path) + 16
			return nil
		}))
		return paths
	})
	bounded(t, len(b), "Cursor", func() int {
		_, err := cursorTree(m)
		checkReadError(t, err)
		return 0
	})
	finder := m.Finder()
	for _, path := range []string{"/", "/a", "/d/w", "/00", "/d/f"} {
		_, err := m.Lookup(path)
		if !errors.Is(err, fs.ErrNotExist) {
			checkReadError(t, err)
		}
		_, err2 := finder.Lookup(path)
		if fmt.Sprint(err2) != fmt.Sprint(err) {
			t.Fatalf("%s: Finder returns %v, Lookup %v", path, err2, err)
		}
	}
	if tr == nil {
		return
	}
	var again bytes.Buffer
	if _, err := erofs.Write(&again, tr, erofs.Options{Format: m.Format()}); err != nil {
		var entry *erofs.EntryError
		if !errors.As(err, &entry) {
			t.Fatalf("Write: %v", err)
		}
		return
	}
	second, err := open(t, again.Bytes()).Tree()
	if err != nil {
		t.Fatalf("Tree of what Write made: %v", err)
	}
	for d := range tree.Diff(tr, second) {
		t.Fatal(d)
	}
}

func checkReadError(t *testing.T, err error) {
	t.Helper()
	if err != nil && !errors.Is(err, erofs.ErrCorrupt) && !errors.Is(err, erofs.ErrUnsupported) {
		t.Fatalf("%v is neither ErrCorrupt nor ErrUnsupported", err)
	}
}

// bounded checks that fn allocates no more than MemoryFactor allows, plus its result.
func bounded(t *testing.T, size int, what string, fn func() (extra int)) {
	t.Helper()
	before := roughlyAllocated()
	most := uint64(fn() + size*erofs.MemoryFactor + 1<<20)
	if roughlyAllocated()-before <= most {
		return
	}
	// The cheap count may include earlier allocations; count again.
	var start, end runtime.MemStats
	runtime.ReadMemStats(&start)
	fn()
	runtime.ReadMemStats(&end)
	if used := end.TotalAlloc - start.TotalAlloc; used > most {
		t.Fatalf("%s of %d bytes allocates %d, more than %d", what, size, used, most)
	}
}

// roughlyAllocated returns the number of bytes that the process has allocated, without the most
// recent ones.
func roughlyAllocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
