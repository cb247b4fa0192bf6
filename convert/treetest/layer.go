package treetest

import (
	"math/rand/v2"

	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// RandomLayer returns a random tree of a layer of about n entries, with whiteouts, opaque and
// implied directories, and inline contents that are objects too.
func RandomLayer(r *rand.Rand, n int) *tree.Tree {
	g := &generator{r: r, utf8: true}
	t := g.tree(n)
	_ = t.Walk(func(_ string, e *tree.Entry) error {
		n := e.Inode
		switch {
		case n.Dir != nil && !e.Link:
			n.Dir.Opaque, n.Dir.Implied = g.oneIn(4), g.oneIn(4)
		case n.Type() == tree.TypeFifo && !e.Link && n.Nlink == 1 && g.oneIn(2):
			*n = *tree.NewWhiteout()
		case n.Content != "":
			digest := [32]byte{byte(r.Uint32())}
			n.Digest = verity.NewDigest(digest[:])
			n.Payload = tree.ObjectPath(n.Digest)
		}
		return nil
	})
	return t
}
