//go:build linux

package images

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// Remap writes a layer image with the whole tree of a segment and the owners that owner returns. It
// adds the objects to the batch of the layer that gets the image. All layers must be in the store of
// that batch.
func (m *Images) Remap(ctx context.Context, s chain.Segment, batch *objects.Batch, w io.Writer, owner func(uid, gid uint32) (uint32, uint32, error)) (convert.Written, error) {
	in := &inputs{sealing: m.sealing}
	defer in.close()
	for _, l := range slices.Backward(s.Layers) {
		if err := in.add(l); err != nil {
			return convert.Written{}, fmt.Errorf("layer %s: %w", l.ID, err)
		}
	}
	return convert.Remap(ctx, in.sources, w, convert.RemapOptions{
		Owner: owner,
		Contents: func(list []convert.Content) error {
			if err := in.commit(); err != nil { // adopted contents get their names in the pool
				return err
			}
			for _, c := range list {
				if err := batch.Link(c.Digest, c.Size); err != nil {
					return err
				}
			}
			return nil
		},
	})
}
