//go:build linux

package images

import (
	"fmt"
	"os"

	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/pool"
)

// Seal seals the segment's image if there is one, and all layer images of the segment are
// sealed. sealed is false if one is not, or if it cannot be done here.
func (m *Images) Seal(s chain.Segment) (sealed bool, err error) {
	img := Image{Pool: m.store(s)}
	if img.Path, err = m.Find(s); err != nil {
		return false, err
	}
	if img.Path != m.Place(s) { // there is none, or it is another store's
		return false, nil
	}
	for _, l := range s.Layers {
		if ok, err := isSealed(l); !ok {
			return false, err
		}
	}
	if sealed, err = m.seal(img); err != nil {
		return false, fmt.Errorf("seal image of layer %s: %w", s.Top().ID, err)
	}
	return sealed, nil
}

func (m *Images) seal(img Image) (sealed bool, err error) {
	name, err := img.Name()
	if err != nil {
		return false, err
	}
	p, err := pool.Open(img.Pool, m.sealing)
	if err != nil {
		return false, err
	}
	defer p.Close() //nolint:errcheck // nothing is written
	return p.SealFile(p.Path(img.Path), name)
}

// isSealed reports whether a layer's image has fs-verity.
func isSealed(l chain.Layer) (bool, error) {
	f, err := os.Open(l.Blob())
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
