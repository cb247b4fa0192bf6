package toc

import (
	"context"
	"fmt"
	"io"

	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// Read reads a table of contents and returns the tree of the layer. It reads r to its
// end. An error of an entry, or of adopt, names it.
//
// Every file that is not empty has Digest and Payload, and up to [tree.InlineMax] bytes
// its Content too, as if [layer.Read] had read the tar. Beyond the tree, memory is a few
// megabytes.
func Read(ctx context.Context, r io.Reader, adopt Adopt, opts layer.Options) (*tree.Tree, error) {
	a := startAdopting(ctx, adopt, opts.Workers)
	var at *entry
	b := layer.NewBuilder(func(name string, n *tree.Inode) error {
		payload, err := Payload(at.Digest)
		if err != nil {
			return err
		}
		return a.add(file{name, n, payload})
	})
	err := newDecoder(r).decode(func(e *entry) error {
		at = e
		hdr, err := e.header()
		if err != nil {
			return fmt.Errorf("entry %q: %w", e.Name.value, err)
		}
		if err := a.ctx.Err(); err != nil {
			return err
		}
		return b.Add(hdr)
	})
	if err := a.wait(err); err != nil {
		return nil, fmt.Errorf("table of contents: %w", err)
	}
	return b.Tree(), nil
}
