//go:build linux

package driver

import (
	"errors"
	"fmt"
	"os"

	"github.com/sirupsen/logrus"

	"github.com/composefs-storage/composefs-storage/config"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
	"github.com/composefs-storage/composefs-storage/driver/store/catalog"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
)

// checked returns a segment's image as it is to be mounted: with the digest that it must
// have. sealed says that it has fs-verity, and so have all the objects it refers to.
func (d *Driver) checked(s chain.Segment, img images.Image) (m *mount.Image, sealed bool, err error) {
	m = &mount.Image{Path: img.Path, Backing: d.abilities().backing}
	if d.conf.Verity == config.VerityOff {
		return m, false, nil
	}
	name, err := img.Name()
	if err != nil {
		return nil, false, err
	}
	m.Digest = &name
	f, err := os.Open(img.Path)
	if err != nil {
		return nil, false, err
	}
	defer f.Close() //nolint:errcheck // open for reading
	_, err = verity.Measure(f)
	if errors.Is(err, verity.ErrNotEnabled) {
		if ok, sealErr := d.images.Seal(s); ok || sealErr != nil { // it was merged when verity was off
			err = sealErr
		}
	}
	switch {
	case err == nil:
		return m, true, nil
	case errors.Is(err, objects.ErrDamaged):
		return nil, false, &chain.DamagedError{Store: img.Pool, Layer: s.Top().ID, Err: fmt.Errorf("%s: %w", img.Path, err)}
	case d.conf.Verity == config.VerityRequire:
		return nil, false, fmt.Errorf(`composefs.conf says verity = "require": %w; "composefs-storage convert --all" enables it on what was pulled before`, err)
	case verity.Absent(err):
		m.Hashed = true
		return m, false, nil
	}
	return nil, false, err
}

// verify has the mount verify contents, if the images are sealed and the kernel can.
func (d *Driver) verify(p *mount.Plan, top chain.Layer, sealed bool) {
	switch {
	case d.conf.Verity == config.VerityRequire:
		p.Verity = mount.VerityRequire // also if that was never shown to work
	case d.conf.Verity == config.VerityOff || !sealed:
	case p.Upper != "" && hasMetacopyMark(top) && !hasVerifiedMetacopy(top):
		// Its files that have metadata only may lack the digest, and would be EIO.
		logrus.Debugf("composefs: layer %s was mounted without verity, and is so again", top.ID)
	case d.cannotVerify() != nil:
		logrus.Warnf("composefs: contents are not verified: %v", d.cannotVerify())
	default:
		p.Verity = mount.VerityRequire
	}
}

// verifyPlain returns why a layer whose files are in a directory, where nobody can verify
// them, must not be mounted. A container's own layer may, on top of a chain: it holds what the
// container has written.
func (d *Driver) verifyPlain(l chain.Layer, top bool) error {
	if d.conf.Verity != config.VerityRequire {
		return nil
	}
	if top {
		known, err := catalog.Read(d.stores)
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
	return fmt.Errorf(`composefs.conf says verity = "require", and layer %s is not composefs; "composefs-storage convert" makes it so`, l.ID)
}
