//go:build linux

package trust

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/composefs-storage/composefs-storage/config"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
	"github.com/composefs-storage/composefs-storage/driver/store/catalog"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
)

// Image returns the image of a segment for a mount. If the setting verity is on, the result has the
// digest that the mount compares. sealed reports that the image and all its objects have fs-verity. An
// image that was merged while fs-verity was off is sealed first, which takes the lock of the pool.
func (g *Guard) Image(ctx context.Context, s chain.Segment, img images.Merged, backing mount.Backing) (m *mount.Image, sealed bool, err error) {
	m = &mount.Image{Path: img.Path, Backing: backing}
	if g.conf.Verity == config.VerityOff {
		return m, false, nil
	}
	digest, err := img.Digest(ctx)
	if err != nil {
		return nil, false, err
	}
	m.Digest = &digest
	f, err := os.Open(img.Path)
	if err != nil {
		return nil, false, err
	}
	defer f.Close() //nolint:errcheck // open for reading
	_, err = verity.Measure(f)
	if errors.Is(err, verity.ErrNotEnabled) {
		if ok, sealErr := g.images.Seal(ctx, s); ok || sealErr != nil {
			err = sealErr
		}
	}
	switch {
	case err == nil:
		return m, true, nil
	case errors.Is(err, objects.ErrDamaged):
		return nil, false, &chain.DamagedError{Store: img.Pool, Layer: s.Top().ID, Err: fmt.Errorf("%s: %w", img.Path, err)}
	case g.conf.Verity == config.VerityRequire:
		return nil, false, fmt.Errorf(`composefs.conf has verity = "require": %w; "composefs-storage convert --all" enables it on existing images`, err)
	case verity.Absent(err):
		m.Hash = g.hash(digest.Algorithm())
		return m, false, nil
	}
	return nil, false, err
}

// RefusePlain returns an error for a plain layer if verity is "require", because the kernel does not
// verify files in a directory. It allows a container's own layer on top of a chain.
func (g *Guard) RefusePlain(l chain.Layer, top bool) error {
	if g.conf.Verity != config.VerityRequire {
		return nil
	}
	if top {
		known, err := catalog.Read(g.stores)
		if err != nil {
			return err
		}
		container := true
		for _, image := range known.Images() {
			container = container && image.Layer != l.ID
		}
		if container {
			return nil
		}
	}
	return fmt.Errorf(`composefs.conf has verity = "require", and layer %s is not composefs; "composefs-storage convert" makes it so`, l.ID)
}
