//go:build linux

package images

import (
	"fmt"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/pool"
)

// OwnDiff gives a layer's diff the owner and mode of the root entry of its image, and reports whether
// the image has such an entry. The stock driver copies both to the upper directories of containers.
func OwnDiff(img *erofs.Image, diff string) (given bool, err error) {
	root, err := img.Cursor().Root()
	if err != nil || root.Dir.Implied {
		return false, err
	}
	return true, files.SetOwner(diff, root.UID, root.GID, root.Mode)
}

// SealLayer seals and syncs a layer image with an fs-verity digest. All objects of the layer must
// already be sealed, because a sealed image promises that.
func SealLayer(p *pool.Pool, path string, image verity.Digest) error {
	if _, err := p.SealFile(path, image); err != nil {
		return fmt.Errorf("seal layer image: %w", err)
	}
	return nil
}
