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

// Remap writes a layer image with the whole tree of a segment and the owners that owner returns. It calls link for each
// object, when that has its name in the pool of its layer.
func (m *Images) Remap(ctx context.Context, s chain.Segment, w io.Writer, owner func(uid, gid uint32) (uint32, uint32, error), link func(convert.Content) error) (convert.Written, error) {
	algorithm, err := objects.AlgorithmOf(s.Top().Store.Pool(), 0)
	if err != nil {
		return convert.Written{}, err
	}
	in := &inputs{sealing: m.sealing}
	defer in.close()
	for _, l := range slices.Backward(s.Layers) {
		if err := in.add(l); err != nil {
			return convert.Written{}, fmt.Errorf("layer %s: %w", l.ID, err)
		}
	}
	return convert.Remap(ctx, in.sources, w, convert.RemapOptions{
		Algorithm: algorithm,
		Owner:     owner,
		Contents: func(list []convert.Content) error {
			if err := in.commit(); err != nil { // adopted contents get their names in the pool
				return err
			}
			for _, c := range list {
				if err := link(c); err != nil {
					return err
				}
			}
			return nil
		},
	})
}
