package catalog

import (
	"io/fs"
	"os"
	"path/filepath"

	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// WithFile returns the container image of which a file is the merged image or, with one layer, the layer image.
func (c *Catalog) WithFile(stores *chain.Stores, is func(fs.FileInfo) bool) (image Image, ok bool) {
	for _, image := range c.images {
		l, err := stores.Find(image.Layer)
		if err != nil {
			continue // none, or damaged: "check" reports it
		}
		chains := filepath.Join(stores.Primary.PoolChains(), l.ID) // for layers of other stores
		for _, path := range append(l.ImageLinks(), l.ImagePath(), chains+".merged", chains+".segment") {
			if info, err := os.Stat(path); err == nil && is(info) {
				return image, true
			}
		}
	}
	return Image{}, false
}
