package erofs_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/treetest"
)

func add(t testing.TB, dir *tree.Inode, name string, n *tree.Inode) {
	t.Helper()
	if err := dir.Dir.Add(tree.Entry{Name: name, Inode: n}); err != nil {
		t.Fatal(err)
	}
}

func regular() *tree.Inode { return &tree.Inode{Mode: tree.TypeRegular | 0o644, Nlink: 1} }

// TestSameBytes writes trees twice, with one and with two processors. Their images are encoded in
// several pieces.
func TestSameBytes(t *testing.T) {
	trees := []*tree.Tree{treetest.RootFS(20_000)}
	for seed := range uint64(20) {
		trees = append(trees, treetest.Random(rand.New(rand.NewPCG(seed, 3)), 1500))
	}
	for _, tr := range trees {
		want := write(t, tr, erofs.Auto)
		for _, procs := range []int{1, 2, 8} {
			before := runtime.GOMAXPROCS(procs)
			got := write(t, tr, erofs.Auto)
			runtime.GOMAXPROCS(before)
			if !bytes.Equal(got, want) {
				t.Errorf("other bytes with GOMAXPROCS %d", procs)
			}
		}
	}
}

// TestWriteKeepsTree checks that writing does not change the tree.
func TestWriteKeepsTree(t *testing.T) {
	for seed := range uint64(20) {
		tr := treetest.Random(rand.New(rand.NewPCG(seed, 4)), 300)
		write(t, tr, erofs.V1)
		if !tree.Equal(tr, treetest.Random(rand.New(rand.NewPCG(seed, 4)), 300)) {
			t.Errorf("tree %d has changed", seed)
		}
	}
}

func TestRefusedTrees(t *testing.T) {
	// Each adds something to /d that has no image.
	for _, tc := range []struct {
		name string
		make func(t *testing.T, d *tree.Inode)
		path string
		want error
	}{
		{"too large", func(t *testing.T, d *tree.Inode) {
			n := regular()
			n.Size = 1<<53 + 1
			add(t, d, "f", n)
		}, "/d/f", erofs.ErrTooLarge},
		{"content too long", func(t *testing.T, d *tree.Inode) {
			n := regular()
			n.Content = strings.Repeat("x", 5001)
			n.Size = 5001
			add(t, d, "f", n)
		}, "/d/f", erofs.ErrTree},
		{"content of another size", func(t *testing.T, d *tree.Inode) {
			n := regular()
			n.Content, n.Size = "abc", 4
			add(t, d, "f", n)
		}, "/d/f", erofs.ErrTree},
		{"symlink without target", func(t *testing.T, d *tree.Inode) {
			add(t, d, "f", &tree.Inode{Mode: tree.TypeSymlink | 0o777})
		}, "/d/f", erofs.ErrTree},
		{"target too long", func(t *testing.T, d *tree.Inode) {
			add(t, d, "f", &tree.Inode{Mode: tree.TypeSymlink | 0o777, Payload: strings.Repeat("x", 4096)})
		}, "/d/f", erofs.ErrTree},
		{"no type", func(t *testing.T, d *tree.Inode) { add(t, d, "f", &tree.Inode{Mode: 0o644}) }, "/d/f", erofs.ErrTree},
		{"mode of 17 bits", func(t *testing.T, d *tree.Inode) { add(t, d, "f", &tree.Inode{Mode: 0o300644}) }, "/d/f", erofs.ErrTree},
		{"directory without entries", func(t *testing.T, d *tree.Inode) { add(t, d, "f", &tree.Inode{Mode: tree.TypeDir}) }, "/d/f", erofs.ErrTree},
		{"file with entries", func(t *testing.T, d *tree.Inode) {
			n := regular()
			n.Dir = new(tree.Dir)
			add(t, d, "f", n)
		}, "/d/f", erofs.ErrTree},
		{"xattrs out of order", func(t *testing.T, d *tree.Inode) {
			n := regular()
			n.Xattrs = tree.Xattrs{{Name: "user.b"}, {Name: "user.a"}}
			add(t, d, "f", n)
		}, "/d/f", erofs.ErrTree},
		{"xattr without name", func(t *testing.T, d *tree.Inode) {
			n := regular()
			n.Xattrs = tree.Xattrs{{Name: ""}}
			add(t, d, "f", n)
		}, "/d/f", erofs.ErrTree},
		{"xattr value too long", func(t *testing.T, d *tree.Inode) {
			n := regular()
			n.Xattrs = tree.Xattrs{{Name: "user.a", Value: strings.Repeat("x", 65536)}}
			add(t, d, "f", n)
		}, "/d/f", erofs.ErrTree},
		{"xattrs too large together", func(t *testing.T, d *tree.Inode) {
			n := regular()
			for _, name := range []string{"user.a", "user.b", "user.c", "user.d"} {
				n.Xattrs = n.Xattrs.With(name, strings.Repeat("x", 65535))
			}
			add(t, d, "f", n)
		}, "/d/f", erofs.ErrTree},
		{"directory in two places", func(t *testing.T, d *tree.Inode) {
			n := tree.NewDir(0o755)
			add(t, d, "a", n)
			add(t, d, "b", n)
		}, "/d/a", erofs.ErrTree},
		{"directory in itself", func(t *testing.T, d *tree.Inode) { add(t, d, "d", d) }, "/d", erofs.ErrTree},
		{"link to nothing", func(t *testing.T, d *tree.Inode) {
			if err := d.Dir.Add(tree.Entry{Name: "l", Inode: regular(), Link: true}); err != nil {
				t.Fatal(err)
			}
		}, "/", erofs.ErrTree},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tr := tree.New()
			d := tree.NewDir(0o755)
			add(t, tr.Root, "d", d)
			tc.make(t, d)
			var out bytes.Buffer
			_, err := erofs.Write(&out, tr, erofs.Options{})
			var entry *erofs.EntryError
			if !errors.Is(err, tc.want) || !errors.As(err, &entry) {
				t.Fatalf("Write: %v, want %v in an EntryError", err, tc.want)
			}
			if entry.Path != tc.path && tc.name != "directory in two places" && tc.name != "directory in itself" {
				t.Errorf("error names %q, want %q", entry.Path, tc.path)
			}
			if out.Len() > 0 {
				t.Errorf("%d bytes were written", out.Len())
			}
		})
	}
	t.Run("no root", func(t *testing.T) {
		for _, tr := range []*tree.Tree{{}, {Root: regular()}} {
			if _, err := erofs.Write(io.Discard, tr, erofs.Options{}); !errors.Is(err, erofs.ErrTree) {
				t.Errorf("Write: %v, want ErrTree", err)
			}
		}
	})
}

// TestBeyondMkcomposefs has trees that mkcomposefs refuses and this package does not.
func TestBeyondMkcomposefs(t *testing.T) {
	tr := tree.New()
	n := regular()
	n.Xattrs = tree.Xattrs{{Name: "user.a", Value: strings.Repeat("x", 65535)}, {Name: "user.b", Value: strings.Repeat("y", 65535)}}
	add(t, tr.Root, "large xattrs", n)
	for i := range 3 { // and shared ones
		m := *n
		add(t, tr.Root, "f"+string(rune('0'+i)), &m)
	}
	checkRoundTrip(t, tr, false)
}

type failingWriter struct{ left int }

var errFull = errors.New("no space left on device")

func (w *failingWriter) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

// TestWriterFails has the output fail in many places. Write must return the error, no goroutine may
// be left, and nothing may read the tree afterwards: the test changes it for the race detector.
func TestWriterFails(t *testing.T) {
	tr := treetest.RootFS(20_000)
	size, err := erofs.Write(io.Discard, tr, erofs.Options{})
	if err != nil {
		t.Fatal(err)
	}
	before := runtime.NumGoroutine()
	for left := 0; left < int(size); left += int(size) / 9 {
		if _, err := erofs.Write(&failingWriter{left}, tr, erofs.Options{}); !errors.Is(err, errFull) {
			t.Errorf("Write with room for %d bytes: %v", left, err)
		}
		_ = tr.Walk(func(_ string, e *tree.Entry) error {
			e.Inode.UID++
			return nil
		})
	}
	// Write has waited for its goroutines; the runtime may still be ending them.
	for range 1000 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	buf := make([]byte, 1<<16)
	t.Errorf("%d goroutines, were %d\n%s", runtime.NumGoroutine(), before, buf[:runtime.Stack(buf, true)])
}
