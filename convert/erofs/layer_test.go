package erofs_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/treetest"
)

// TestLayerRoundTrip checks tree → layer image → tree → layer image.
func TestLayerRoundTrip(t *testing.T) {
	for seed := range uint64(100) {
		tr := treetest.RandomLayer(rand.New(rand.NewPCG(seed, 1)), int(seed*seed)%1000)
		first := write(t, tr, erofs.Layer)
		m := open(t, first)
		if m.Format() != erofs.Layer {
			t.Fatalf("format %d", m.Format())
		}
		got, err := m.Tree()
		if err != nil {
			t.Fatal(err)
		}
		for d := range tree.Diff(expected(tr, true), got) {
			t.Errorf("seed %d: %s", seed, d)
		}
		if !bytes.Equal(write(t, got, erofs.Layer), first) {
			t.Errorf("seed %d: image → tree → image gives other bytes", seed)
		}
	}
}

// TestOnlyLayersDelete checks that an image that is mounted alone cannot have a layer's whiteouts
// and opaque directories.
func TestOnlyLayersDelete(t *testing.T) {
	whiteout, opaque := tree.New(), tree.New()
	if err := whiteout.Root.Dir.Add(tree.Entry{Name: "w", Inode: tree.NewWhiteout()}); err != nil {
		t.Fatal(err)
	}
	opaque.Root.Dir.Opaque = true
	for name, tr := range map[string]*tree.Tree{`entry "/w": tree has no image: a layer's whiteout or opaque directory`: whiteout, `entry "/": tree has no image: a layer's whiteout or opaque directory`: opaque} {
		for _, format := range []erofs.Format{erofs.Auto, erofs.V0, erofs.V1} {
			var b bytes.Buffer
			_, err := erofs.Write(&b, tr, erofs.Options{Format: format})
			if !errors.Is(err, erofs.ErrTree) || err.Error() != name {
				t.Errorf("error %v, want %s", err, name)
			}
		}
		write(t, tr, erofs.Layer)
	}
}

// TestCursor checks that a cursor reads the same tree as Tree.
func TestCursor(t *testing.T) {
	check := func(name string, image []byte) {
		t.Helper()
		m := open(t, image)
		want, err := m.Tree()
		if err != nil {
			t.Fatal(err)
		}
		got, err := cursorTree(m)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, tr := range []*tree.Tree{want, got} {
			_ = tr.Walk(func(_ string, e *tree.Entry) error {
				if e.Link {
					e.Inode.Nlink = max(e.Inode.Nlink, 2) // as in the cursor
				}
				return nil
			})
		}
		for d := range tree.Diff(want, got) {
			t.Errorf("%s: %s", name, d)
		}
	}
	for _, v := range treetest.Accepted(t) {
		switch v.Name {
		case "hl-to-root", "hl-to-dir": // directories in two places, which no layer has
			continue
		case "wh-hardlinked": // see Cursor
			continue
		}
		_, b := image(t, v.Dump, formatOf(t, v.Options))
		check(v.Name, b)
	}
	for seed := range uint64(50) {
		tr := treetest.RandomLayer(rand.New(rand.NewPCG(seed, 2)), int(seed*seed)%1000)
		check(fmt.Sprintf("layer %d", seed), write(t, tr, erofs.Layer))
	}
}

// TestCursorChecksEveryName checks that a further name of a file cannot have the type of a
// directory.
func TestCursorChecksEveryName(t *testing.T) {
	tr := tree.New()
	n := &tree.Inode{Mode: tree.TypeRegular, Nlink: 2}
	for _, e := range []tree.Entry{{Name: "a", Inode: n}, {Name: "b", Inode: n, Link: true}} {
		if err := tr.Root.Dir.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	image := write(t, tr, erofs.Layer)
	const typeDir = 2                                      // EROFS_FT_DIR, in the byte but one of an entry
	image[bytes.Index(image, []byte("...ab"))-2] = typeDir // b's, before the names
	if _, err := cursorTree(open(t, image)); !errors.Is(err, erofs.ErrCorrupt) {
		t.Errorf("error %v, want %v", err, erofs.ErrCorrupt)
	}
}

// cursorTree reads an image by a cursor, upper directories last.
func cursorTree(m *erofs.Image) (*tree.Tree, error) {
	c := m.Cursor()
	root, err := c.Root()
	if err != nil {
		return nil, err
	}
	seen := map[*tree.Inode]bool{}
	for todo := []erofs.Node{root}; len(todo) > 0; {
		dir := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		entries, err := c.Entries(dir)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			n, err := c.Node(dir, e)
			if err != nil {
				return nil, err
			}
			if n.IsDir() {
				todo = append(todo, n)
			}
			if err := dir.Dir.Add(tree.Entry{Name: e.Name, Inode: n.Inode, Link: seen[n.Inode]}); err != nil {
				return nil, fmt.Errorf("%w: %w", erofs.ErrCorrupt, err)
			}
			seen[n.Inode] = true
		}
	}
	return &tree.Tree{Root: root.Inode}, nil
}
