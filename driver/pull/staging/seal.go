//go:build linux

package staging

import (
	"os"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
)

// imageName returns the path of a complete image. It is next to the staged layer, where a collection
// finds it after a crash.
func (l *Layer) imageName() string { return l.Dir() + imageSuffix }

const imageSuffix = ".image"

// seal gives the image its name, reopens it for reading only, and seals it. The objects are sealed
// already. The image needs a name first, because ext4 takes a file that gets fs-verity off its list of
// orphans, and a crash would leak a file without a name.
func (l *Layer) seal(digest verity.Digest) error {
	l.digest = digest
	if err := enter(); err != nil {
		return err
	}
	defer process.RUnlock()
	if err := files.Link(l.image, unix.AT_FDCWD, l.imageName()); err != nil {
		return &os.LinkError{Op: "link", Old: "layer image", New: l.imageName(), Err: err}
	}
	f, err := os.Open(l.imageName())
	if err != nil {
		return err
	}
	err = l.image.Close()
	l.image = f
	if err == nil {
		err = images.SealLayer(l.pool, l.imageName(), digest)
	}
	return err
}
