//go:build linux

package driver_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/containers/storage/pkg/archive"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// stockLayer makes a layer as stock containers/storage 1.59.1 does with composefs on:
// contents by sha256 in the layer's directory, none in the image, and whiteouts as files
// with the names of the tar. It reports false if a name is too long for that.
func (s *store) stockLayer(t testing.TB, id, parent string, tar []byte) bool {
	t.Helper()
	contents := new(layertest.Contents)
	tr, err := layer.Read(t.Context(), bytes.NewReader(tar), contents, layer.Options{})
	must(t, err)
	err = tr.Walk(func(path string, e *tree.Entry) error {
		if e.Inode.Type() == tree.TypeWhiteout && len(archive.WhiteoutPrefix+e.Name) > tree.NameMax {
			return os.ErrInvalid
		}
		return nil
	})
	if err != nil {
		return false
	}
	must(t, s.Create(id, parent, nil))
	w := stockWriter{t: t, contents: contents, diff: filepath.Join(s.home(), id, "diff"), seen: map[*tree.Inode]bool{}}
	stock := &tree.Tree{Root: w.inode(tr.Root)}
	stock.Relink()
	data := filepath.Join(s.home(), id, "composefs-data")
	must(t, os.Mkdir(data, 0o700))
	var image bytes.Buffer
	_, err = erofs.Write(&image, stock, erofs.Options{})
	must(t, err)
	must(t, os.WriteFile(filepath.Join(data, "composefs.blob"), image.Bytes(), 0o600))
	return true
}

type stockWriter struct {
	t        testing.TB
	contents *layertest.Contents
	diff     string
	seen     map[*tree.Inode]bool
}

// inode makes an inode what stock has for it.
func (w *stockWriter) inode(n *tree.Inode) *tree.Inode {
	if w.seen[n] {
		return n
	}
	w.seen[n] = true
	switch n.Type() {
	case tree.TypeRegular:
		w.file(n)
	case tree.TypeDir:
		entries := new(tree.Dir)
		if n.Dir.Opaque {
			w.add(entries, tree.Entry{Name: archive.WhiteoutOpaqueDir, Inode: &tree.Inode{Mode: tree.TypeRegular}})
		}
		for p := range n.Dir.All() {
			e := *p
			if e.Inode.Type() == tree.TypeWhiteout {
				e = tree.Entry{Name: archive.WhiteoutPrefix + e.Name, Inode: &tree.Inode{Mode: tree.TypeRegular}}
			}
			e.Inode = w.inode(e.Inode)
			w.add(entries, e)
		}
		n.Dir = entries
	}
	return n
}

func (w *stockWriter) add(d *tree.Dir, e tree.Entry) {
	w.t.Helper()
	must(w.t, d.Add(e))
}

// file brings a content where stock has it.
func (w *stockWriter) file(n *tree.Inode) {
	w.t.Helper()
	content := w.contents.Of(n)
	n.Content, n.Payload, n.Digest = "", "", verity.Digest{}
	if content == "" {
		return
	}
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte(content)))
	n.Payload = sum[:2] + "/" + sum[2:]
	path := filepath.Join(w.diff, n.Payload)
	must(w.t, os.MkdirAll(filepath.Dir(path), 0o755))
	must(w.t, os.WriteFile(path, []byte(content), 0o644))
}
