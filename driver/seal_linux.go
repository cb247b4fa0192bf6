package driver

import (
	"fmt"
	"os"

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
func sealImage(p *objects.Pool, f *os.File, digest verity.Digest) error {
	sealed, err := p.Seal(f, digest)
	if err == nil && sealed {
		err = f.Sync()
	}
	if err != nil {
		return fmt.Errorf("seal layer image: %w", err)
	}
	return nil
}
