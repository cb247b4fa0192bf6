package layer_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// checkSound checks the invariants of a layer's tree.
func checkSound(t *testing.T, tr *tree.Tree) {
	t.Helper()
	names := map[*tree.Inode]uint32{}
	_ = tr.Walk(func(path string, e *tree.Entry) error {
		n := e.Inode
		if path != "/" && tree.CheckName(e.Name) != nil {
			t.Errorf("%q: invalid name", path)
		}
		if linkable := !n.IsDir() && n.Type() != tree.TypeWhiteout; e.Link != (linkable && names[n] > 0) || n.IsDir() && names[n] > 0 {
			t.Errorf("%q: link %t, though it is name %d", path, e.Link, names[n]+1)
		}
		names[n]++
		if n.Type() == tree.TypeRegular && n.Size > 0 {
			checkContent(t, path, n)
		}
		return nil
	})
	for n, count := range names {
		if !n.IsDir() && n.Type() != tree.TypeWhiteout && n.Nlink != count {
			t.Errorf("a file of mode %#o has %d names, Nlink is %d", n.Mode, count, n.Nlink)
		}
	}
}

func checkContent(t *testing.T, path string, n *tree.Inode) {
	t.Helper()
	switch {
	case n.Digest.IsZero() || n.Payload != tree.ByDigest:
		t.Errorf("%q: digest %x, payload %q", path, n.Digest, n.Payload)
	case n.Size > tree.InlineMax && n.Content != "":
		t.Errorf("%q: %d bytes of content, though it has %d", path, len(n.Content), n.Size)
	case n.Size <= tree.InlineMax && (uint64(len(n.Content)) != n.Size || verity.Sum([]byte(n.Content)) != n.Digest):
		t.Errorf("%q: content %q of %d bytes is not that of its digest", path, n.Content, n.Size)
	}
}

// checkImage checks that a tree's image gives the same tree, and returns the image, or nil if the
// tree has none.
func checkImage(t *testing.T, tr *tree.Tree) []byte {
	t.Helper()
	image := write(t, tr)
	if image == nil {
		return nil
	}
	m, err := erofs.Open(bytes.NewReader(image), int64(len(image)))
	if err != nil {
		t.Fatal(err)
	}
	got, err := m.Tree()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(image, write(t, got)) {
		t.Error("tree → image → tree → image gives other bytes")
	}
	if hasMarks(tr) {
		return image
	}
	for d := range tree.Diff(tr, got) {
		t.Errorf("tree and image: %s", d)
	}
	return image
}

// hasMarks reports whether a tree has devices 0:0 or the xattrs by which images mark them, so that
// another tree may have the same image.
func hasMarks(tr *tree.Tree) (found bool) {
	_ = tr.Walk(func(_ string, e *tree.Entry) error {
		found = found || e.Inode.IsWhiteout()
		for _, x := range e.Inode.Xattrs {
			found = found || strings.Contains(x.Name, ".overlay.")
		}
		return nil
	})
	return found
}

// write returns the layer image of a tree, nil if it has none.
func write(t *testing.T, tr *tree.Tree) []byte {
	t.Helper()
	var b bytes.Buffer
	_, err := erofs.Write(&b, tr, erofs.Options{Format: erofs.Layer})
	var entry *erofs.EntryError
	if errors.As(err, &entry) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
