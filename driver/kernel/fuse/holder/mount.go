package holder

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
)

// Device is the device of FUSE.
const Device = "/dev/fuse"

// Mount makes a detached read-only mount of an image, which a new holder serves. Like [mount.Erofs] it compares the
// digest of the image first. Closing the file unmounts it unless it is attached, and the holder ends. stores
// are as in [Start].
func Mount(img *mount.Image, stores ...string) (mnt *os.File, err error) {
	f := img.File
	if f == nil {
		if f, err = os.Open(img.Path); err != nil {
			return nil, err
		}
		defer f.Close() //nolint:errcheck // open for reading
	}
	if err := img.Check(f); err != nil {
		return nil, fmt.Errorf("image %q: %w", f.Name(), err)
	}
	device, err := os.OpenFile(Device, os.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer device.Close() //nolint:errcheck // the holder keeps it
	if mnt, err = mount.FUSE(device); err != nil {
		return nil, err
	}
	if err := Start(f, device, stores...); err != nil {
		return nil, errors.Join(err, mnt.Close())
	}
	return mnt, nil
}
