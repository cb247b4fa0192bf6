package toc

import (
	"context"
	"fmt"
	"io"

	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// Read reads a table of contents to its end and returns the tree of the layer. An error of an
// entry, or of adopt, names the entry.
//
// As in the tree of [layer.Read], every file that is not empty has Digest and Payload, and files of
// up to [tree.InlineMax] bytes have Content too. Read needs a few megabytes of memory beyond the
// tree.
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
