package erofs_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/dump"
	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/treetest"
)

// image parses a dump and returns its tree and image.
func image(t testing.TB, text []byte, format erofs.Format) (*tree.Tree, []byte) {
	t.Helper()
	tr, err := dump.Parse(bytes.NewReader(text), dump.Lenient)
	if err != nil {
		t.Fatal(err)
	}
	return tr, write(t, tr, format)
}

func write(t testing.TB, tr *tree.Tree, format erofs.Format) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := erofs.Write(&b, tr, erofs.Options{Format: format}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func open(t testing.TB, image []byte) *erofs.Image {
	t.Helper()
	m, err := erofs.Open(bytes.NewReader(image), int64(len(image)))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestImageTreeImage turns every image of the vectors into a tree and back.
func TestImageTreeImage(t *testing.T) {
	for _, v := range treetest.Accepted(t) {
		t.Run(v.Name, func(t *testing.T) {
			_, want := image(t, v.Dump, formatOf(t, v.Options))
			m := open(t, want)
			tr, err := m.Tree()
			if err != nil {
				t.Fatal(err)
			}
			if got := write(t, tr, m.Format()); !bytes.Equal(got, want) {
				t.Errorf("%v: image → tree → image gives other bytes", v.Options)
			}
		})
	}
}

// TestLookupAndWalk checks that both read the same tree as Tree.
func TestLookupAndWalk(t *testing.T) {
	for _, v := range treetest.Accepted(t) {
		if v.Name == "wh-hardlinked" {
			continue // neither recognises a whiteout with several names: see Walk
		}
		t.Run(v.Name, func(t *testing.T) {
			_, b := image(t, v.Dump, formatOf(t, v.Options))
			m := open(t, b)
			tr, err := m.Tree()
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			err = tr.Walk(func(path string, e *tree.Entry) error {
				want = append(want, path)
				n, err := m.Lookup(path)
				if err != nil {
					t.Fatal(err)
				}
				if d := inodeDiff(e.Inode, n); d != "" {
					t.Errorf("Lookup: %s: %s", path, d)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			err = m.Walk(func(path string, nid uint64, n *tree.Inode) error {
				got = append(got, path)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if v.Name != "hl-to-dir" && v.Name != "hl-to-root" { // a directory with two names is entered at the first
				if a, b := bytes.Join(lines(got), nil), bytes.Join(lines(want), nil); !bytes.Equal(a, b) {
					t.Errorf("Walk: got %q, want %q", got, want)
				}
			}
			for _, missing := range []string{"/no such", "/.", "/..", "/00/x", "/a/b/c/d/e/f"} {
				if _, ok := tr.Lookup(missing); ok {
					continue
				}
				if _, err := m.Lookup(missing); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("Lookup(%q): error %v, want fs.ErrNotExist", missing, err)
				}
			}
		})
	}
}

func lines(paths []string) (all [][]byte) {
	for _, p := range paths {
		all = append(all, []byte(p+"\n"))
	}
	return all
}

// inodeDiff compares two inodes without the entries of directories.
func inodeDiff(a, b *tree.Inode) string {
	x, y := *a, *b
	if x.IsDir() && y.IsDir() {
		x.Dir, y.Dir = new(tree.Dir), new(tree.Dir)
	}
	for d := range tree.Diff(wrap(&x), wrap(&y)) {
		return d.String()
	}
	return ""
}

func wrap(n *tree.Inode) *tree.Tree {
	t := tree.New()
	if err := t.Root.Dir.Add(tree.Entry{Name: "n", Inode: n}); err != nil {
		panic(err)
	}
	return t
}

// countingReader counts the bytes that are read from an image.
type countingReader struct {
	*bytes.Reader
	bytes, calls int
}

func (r *countingReader) ReadAt(p []byte, off int64) (int, error) {
	r.calls++
	r.bytes += len(p)
	return r.Reader.ReadAt(p, off)
}

// TestLookupReadsLittle finds a path in a directory of 50,000 names.
func TestLookupReadsLittle(t *testing.T) {
	tr := tree.New()
	d := tree.NewDir(0o755)
	add(t, tr.Root, "d", d)
	for i := range 50_000 {
		add(t, d, fmt.Sprintf("some-file-%d", i), regular())
	}
	b := write(t, tr, erofs.V1)
	r := &countingReader{Reader: bytes.NewReader(b)}
	m, err := erofs.Open(r, int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Lookup("/d/some-file-12345"); err != nil {
		t.Fatal(err)
	}
	// Two directories by bisection: 9 blocks of 300, and a few inodes.
	if r.bytes > 32*4096 || r.calls > 32 {
		t.Errorf("Lookup reads %d bytes of %d in %d calls", r.bytes, len(b), r.calls)
	}
}

// TestSharedAcrossPages reads shared xattrs that cross the border of a page, the longest of them
// more than one border.
func TestSharedAcrossPages(t *testing.T) {
	tr := tree.New()
	for i := range 60 {
		value := strings.Repeat(fmt.Sprint(i), 1000+i*20)
		if i%20 == 0 {
			value = strings.Repeat("v", math.MaxUint16-i)
		}
		for k := range 2 {
			n := regular()
			n.Xattrs = tree.Xattrs{{Name: fmt.Sprintf("user.%d", i*7%60), Value: value}}
			add(t, tr.Root, fmt.Sprintf("%d-%d", k, i), n)
		}
	}
	m := open(t, write(t, tr, erofs.V1))
	got, err := m.Tree()
	if err != nil {
		t.Fatal(err)
	}
	for d := range tree.Diff(tr, got) {
		t.Error(d)
	}
	if n, err := m.Lookup("/1-20"); err != nil || len(n.Xattrs) != 1 || len(n.Xattrs[0].Value) != math.MaxUint16-20 {
		t.Errorf("Lookup: %v", err)
	}
}
