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

// Remap writes a layer image that shows what a whole segment shows, with the owners that
// owner returns, and adds the contents to the batch of the layer that gets the image. All
// layers must be in the store whose pool that is.
func (m *Images) Remap(s chain.Segment, batch *objects.Batch, w io.Writer, owner func(uid, gid uint32) (uint32, uint32, error)) (convert.Image, error) {
	in := &inputs{sealing: m.sealing}
	defer in.close()
	for _, l := range slices.Backward(s.Layers) {
		if err := in.add(l); err != nil {
			return convert.Image{}, fmt.Errorf("layer %s: %w", l.ID, err)
		}
	}
	return convert.Remap(context.Background(), in.sources, w, convert.RemapOptions{
		Owner: owner,
		Contents: func(list []convert.Content) error {
			if err := in.commit(); err != nil { // what is adopted is in the pool now
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
