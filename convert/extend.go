package convert

import (
	"context"
	"io"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Extend adds the layers above a chain, the lowest first, to the merged tree t of the chain. Then t has
// the same image as the tree that [MergeTree] returns of all layers, because merging is associative.
// Implied directories of all layers must be alike, as those of [Layer] are: t does not show which ones
// were implied. After an error t is of no use.
func Extend(ctx context.Context, t *tree.Tree, layers []Source) error {
	upper, err := MergeTree(ctx, layers, true)
	if err != nil {
		return err
	}
	for todo := []overlaid{{t.Root, upper.Root}}; len(todo) > 0; {
		o := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if todo, err = o.apply(todo); err != nil {
			return err
		}
	}
	t.Relink()
	return nil
}

// overlaid is a directory of a merged tree, and the one of a segment above it.
type overlaid struct{ merged, upper *tree.Inode }

// apply changes the merged directory, and adds those below it to todo.
func (o overlaid) apply(todo []overlaid) ([]overlaid, error) {
	dir := o.merged.Dir
	if !o.upper.Dir.Implied {
		*o.merged = *o.upper
	}
	if o.upper.Dir.Opaque {
		dir = tree.NewSizedDir(o.upper.Dir.Len())
	}
	o.merged.Dir = dir
	for e := range o.upper.Dir.All() {
		n := e.Inode
		below, ok := dir.Lookup(e.Name)
		if ok && n.IsDir() && below.Inode.IsDir() {
			todo = append(todo, overlaid{below.Inode, n})
			continue
		}
		dir.Remove(e.Name)
		switch {
		case n.Type() == tree.TypeWhiteout:
			continue
		case n.IsDir():
			added := *n
			added.Dir = tree.NewSizedDir(n.Dir.Len())
			todo = append(todo, overlaid{&added, n})
			n = &added
		}
		if err := dir.Add(tree.Entry{Name: e.Name, Inode: n}); err != nil {
			return nil, err
		}
	}
	return todo, nil
}

// WriteMerged writes the image of a merged tree. Its digest is by the algorithm a, or sha256 for 0.
func WriteMerged(w io.Writer, t *tree.Tree, a verity.Algorithm) (Written, error) {
	return write(w, t, erofs.V1, a)
}
