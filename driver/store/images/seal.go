//go:build linux

package images

import (
	"context"
	"fmt"
	"os"

	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/pool"
)

// Seal seals the segment's merged image if it exists and all layer images of the segment are sealed.
// sealed is false if one of them is not, or if the file system lacks fs-verity.
func (m *Images) Seal(ctx context.Context, s chain.Segment) (sealed bool, err error) {
	img := Merged{Pool: m.store(s)}
	if img.Path, err = m.Find(s); err != nil {
		return false, err
	}
	if img.Path != m.Place(s) { // it does not exist, or belongs to another store
		return false, nil
	}
	for _, l := range s.Layers {
		if ok, err := isSealed(l); !ok {
			return false, err
		}
	}
	if sealed, err = m.seal(ctx, img); err != nil {
		return false, fmt.Errorf("seal image of layer %s: %w", s.Top().ID, err)
	}
	return sealed, nil
}

func (m *Images) seal(ctx context.Context, img Merged) (sealed bool, err error) {
	digest, err := img.Digest(ctx)
	if err != nil {
		return false, err
	}
	p, err := pool.Open(img.Pool, m.sealing)
	if err != nil {
		return false, err
	}
	defer p.Close() //nolint:errcheck // nothing is written
	return p.SealFile(p.Path(img.Path), digest)
}

// isSealed reports whether a layer's image has fs-verity.
func isSealed(l chain.Layer) (bool, error) {
	f, err := os.Open(l.ImagePath())
	if err != nil {
		return false, err
	}
	defer f.Close() //nolint:errcheck // open for reading
	_, err = verity.Measure(f)
	if verity.Absent(err) {
		return false, nil
	}
	return err == nil, err
}
