//go:build linux

package driver

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/settings"
	"github.com/composefs-storage/composefs-storage/driver/store/pool"
)

// A sealed image promises that all objects it refers to are sealed too. So it is sealed
// after them: a layer image when its layer is committed, a merged image if all layer images
// of its segment are.

func (d *Driver) sealing() objects.Sealing { return settings.Sealing(d.conf) }

// sealImage seals a layer image, of whose layer all objects are committed, and brings that
// on disk.
func sealImage(p *pool.Pool, name string, digest verity.Digest) error {
	if _, err := p.SealFile(name, digest); err != nil {
		return fmt.Errorf("seal layer image: %w", err)
	}
	return nil
}

// imageName is the image's name once it is complete: beside the staged layer, where
// crashes leave it to be collected.
func (s *staged) imageName() string { return s.batch.Staged() + imageSuffix }

const imageSuffix = ".image"

// seal gives the image its name, seals it, now that all its objects are, and keeps it open
// for reading only. Ext4 would forget of a file without a name that it is to go, so that
// after a crash it would take space for ever.
func (s *staged) seal(digest verity.Digest) error {
	if err := enterBegun(); err != nil {
		return err
	}
	defer begun.RUnlock()
	err := unix.Linkat(unix.AT_FDCWD, fmt.Sprintf("/proc/self/fd/%d", s.image.Fd()), unix.AT_FDCWD, s.imageName(), unix.AT_SYMLINK_FOLLOW)
	if err != nil {
		return &os.LinkError{Op: "link", Old: "layer image", New: s.imageName(), Err: err}
	}
	f, err := os.Open(s.imageName())
	if err != nil {
		return err
	}
	err = s.image.Close()
	s.image = f
	if err == nil {
		err = sealImage(s.pool, s.imageName(), digest)
	}
	return err
}
