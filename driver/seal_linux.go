package driver

import (
	"fmt"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/settings"
)

// A sealed image promises that all objects it refers to are sealed too. So it is sealed
// after them: a layer image when its layer is committed, a merged image if all layer images
// of its segment are.

func (d *Driver) sealing() objects.Sealing { return settings.Sealing(d.conf) }

// sealImage seals a layer image, of whose layer all objects are committed, and brings that
// on disk.
func sealImage(p *objects.Pool, name string, digest verity.Digest) error {
	if _, err := p.SealFile(name, digest); err != nil {
		return fmt.Errorf("seal layer image: %w", err)
	}
	return nil
}
