package erofs_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"
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
			finder := m.Finder()
			err = tr.Walk(func(path string, e *tree.Entry) error {
				want = append(want, path)
				for name, lookup := range map[string]func(string) (*tree.Inode, error){"Image": m.Lookup, "Finder": finder.Lookup} {
					n, err := lookup(path)
					if err != nil {
						t.Fatal(err)
					}
					if d := inodeDiff(e.Inode, n); d != "" {
						t.Errorf("Lookup of %s: %s: %s", name, path, d)
					}
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
				for name, lookup := range map[string]func(string) (*tree.Inode, error){"Image": m.Lookup, "Finder": finder.Lookup} {
					if _, err := lookup(missing); !errors.Is(err, fs.ErrNotExist) {
						t.Errorf("Lookup(%q) of %s: error %v, want fs.ErrNotExist", missing, name, err)
					}
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

// TestFinder looks up the files of a deep tree in the order of a tar, and then in the opposite order.
func TestFinder(t *testing.T) {
	tr := tree.New()
	var paths []string
	for i := range 50 {
		path, dir := "", tr.Root
		for depth := range 4 {
			below := tree.NewDir(0o755)
			add(t, dir, fmt.Sprintf("dir-%d", i), below)
			path, dir = fmt.Sprintf("%s/dir-%d", path, i), below
			for k := range 10 {
				n := regular()
				n.Content = fmt.Sprint(i, depth, k)
				n.Size = uint64(len(n.Content))
				add(t, dir, fmt.Sprintf("file-%d", k), n)
				paths = append(paths, fmt.Sprintf("%s/file-%d", path, k))
			}
		}
	}
	b := write(t, tr, erofs.Layer)
	r := &countingReader{Reader: bytes.NewReader(b)}
	m, err := erofs.Open(r, int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	finder := m.Finder()
	for range 2 {
		for _, path := range paths {
			e, _ := tr.Lookup(path)
			n, err := finder.Lookup(path)
			if err != nil {
				t.Fatal(err)
			}
			if d := inodeDiff(e.Inode, n); d != "" {
				t.Errorf("%s: %s", path, d)
			}
		}
		slices.Reverse(paths)
	}
	if lookups := 2 * len(paths); r.calls > lookups {
		t.Errorf("%d lookups read the image %d times", lookups, r.calls)
	}
}

// TestFinderBudget looks up a file that takes nearly the whole budget of an operation after other
// files.
func TestFinderBudget(t *testing.T) {
	tr := tree.New()
	small := regular()
	small.Content = strings.Repeat("c", 4000)
	small.Size = 4000
	add(t, tr.Root, "small", small)
	for _, name := range []string{"large", "same"} { // so the xattr is a shared one
		n := regular()
		n.Xattrs = tree.Xattrs{{Name: "user.large", Value: strings.Repeat("v", math.MaxUint16)}}
		add(t, tr.Root, name, n)
	}
	m := open(t, write(t, tr, erofs.V1))
	for n := range 30 {
		finder := m.Finder()
		for i := range n + 1 {
			path := "/small"
			if i == n {
				path = "/large"
			}
			if _, err := finder.Lookup(path); err != nil {
				t.Fatalf("lookup %d: %v", i, err)
			}
		}
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
