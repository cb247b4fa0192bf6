// Package judges_test has images judged by programs that share no code with the
// writer: fsck.erofs, go-erofs, and the kernel. Writer and reader can share a
// mistake; these cannot.
package judges_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/dump"
	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/treetest"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// subject is an image to be judged.
type subject struct {
	name  string
	image []byte
	raw   *tree.Tree // the tree that a plain EROFS reader must see
}

// subjects returns the images of all vectors and of random trees and layers.
func subjects(t *testing.T) []subject {
	t.Helper()
	var all []subject
	for _, v := range treetest.Accepted(t) {
		if len(v.Options) > 0 {
			continue
		}
		tr, err := dump.Parse(bytes.NewReader(v.Dump), dump.Lenient)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, newSubject(t, v.Name, tr, erofs.V1))
	}
	for seed := range uint64(40) {
		tr := treetest.RandomUTF8(rand.New(rand.NewPCG(seed, 7)), 200)
		all = append(all, newSubject(t, fmt.Sprintf("random-%d", seed), tr, erofs.V1))
		tr = treetest.RandomLayer(rand.New(rand.NewPCG(seed, 8)), 200)
		all = append(all, newSubject(t, fmt.Sprintf("layer-%d", seed), tr, erofs.Layer))
	}
	return all
}

func newSubject(t *testing.T, name string, tr *tree.Tree, format erofs.Format) subject {
	t.Helper()
	var image bytes.Buffer
	if _, err := erofs.Write(&image, tr, erofs.Options{Format: format}); err != nil {
		t.Fatal(err)
	}
	return subject{name, image.Bytes(), rawTree(tr, format == erofs.Layer)}
}

// file returns the image in a file.
func (s *subject) file(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "image")
	if err := os.WriteFile(path, s.image, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// rawTree returns the content of the image of t, spelled out from the description of
// the format, sections 3, 4 and 8.4 of composefs-format.md and our docs/format.md,
// not from the writer.
func rawTree(t *tree.Tree, layer bool) *tree.Tree {
	r := rawTrees{layer, map[*tree.Inode]*tree.Inode{}}
	raw := &tree.Tree{Root: r.inode(t.Root)}
	// Now that every inode has its copy, links can have theirs.
	_ = raw.Walk(func(_ string, e *tree.Entry) error {
		if e.Link {
			e.Inode = r.copies[e.Inode]
		}
		return nil
	})
	if layer {
		return raw
	}
	root := raw.Root
	root.Xattrs = root.Xattrs.With("trusted.overlay.opaque", "y")
	hidden := tree.Inode{
		Mode: tree.TypeChar | 0o644, Nlink: 1, UID: root.UID, GID: root.GID,
		MtimeSec: root.MtimeSec, MtimeNsec: root.MtimeNsec,
	}
	if label, ok := root.Xattrs.Get("security.selinux"); ok {
		hidden.Xattrs = hidden.Xattrs.With("security.selinux", label)
	}
	for i := range 256 {
		whiteout := hidden
		_ = root.Dir.Add(tree.Entry{Name: fmt.Sprintf("%02x", i), Inode: &whiteout}) // unless it is taken
	}
	return raw
}

// contentMax is the largest content in bytes that an image has itself.
const contentMax = 5000

// rawTrees turns a tree into the content of its image.
type rawTrees struct {
	layer  bool
	copies map[*tree.Inode]*tree.Inode
}

func (r *rawTrees) inode(n *tree.Inode) *tree.Inode {
	c := *n
	c.Xattrs = nil
	for _, x := range n.Xattrs {
		if rest, ok := strings.CutPrefix(x.Name, "trusted.overlay."); ok {
			x.Name = "trusted.overlay.overlay." + rest
		}
		c.Xattrs = c.Xattrs.With(x.Name, x.Value)
	}
	r.copies[n] = &c
	switch {
	case n.IsExternal(), r.layer && n.Type() == tree.TypeRegular && n.Content != "" && !n.Digest.IsZero():
		value := ""
		if !n.Digest.IsZero() {
			value = "\x00\x24\x00\x01" + n.Digest.Bytes()
		}
		c.Xattrs = c.Xattrs.With("trusted.overlay.metacopy", value)
		if n.BackingPath() != "" {
			c.Xattrs = c.Xattrs.With("trusted.overlay.redirect", "/"+n.BackingPath())
		}
		c.Payload, c.Digest = "", verity.Digest{}
		if n.IsExternal() && n.Size <= contentMax {
			c.Content = strings.Repeat("\x00", int(n.Size)) // the chunks are holes
		}
	case n.IsWhiteout():
		c.Mode, c.Size = tree.TypeRegular|n.Mode&^tree.TypeMask, 0
		c.Xattrs = c.Xattrs.With("trusted.overlay.overlay.whiteout", "").With("user.overlay.whiteout", "")
	case n.Type() == tree.TypeWhiteout:
		c.Mode = tree.TypeChar | n.Mode&^tree.TypeMask
	case n.IsDir():
		c.Dir, c.Nlink = new(tree.Dir), 2
		if n.Dir.Opaque {
			c.Xattrs = c.Xattrs.With("trusted.overlay.opaque", "y")
		}
		if n.Dir.Implied {
			c.Xattrs = c.Xattrs.With("trusted.overlay.composefs.implied", "")
		}
		for e := range n.Dir.All() {
			entry := *e
			if !e.Link {
				if e.Inode.IsWhiteout() {
					c.Xattrs = c.Xattrs.With("trusted.overlay.overlay.whiteouts", "").With("user.overlay.whiteouts", "").
						With("trusted.overlay.overlay.opaque", "x").With("user.overlay.opaque", "x")
				}
				if e.Inode.IsDir() {
					c.Nlink++
				}
				entry.Inode = r.inode(e.Inode)
			}
			if err := c.Dir.Add(entry); err != nil {
				panic(err) // the names were in a directory before
			}
		}
	}
	return &c
}
