//go:build linux

package driver

import (
	"io/fs"

	"github.com/sirupsen/logrus"

	"github.com/composefs-storage/composefs-storage/driver/kernel/shared"
	"github.com/composefs-storage/composefs-storage/driver/message"
	"github.com/composefs-storage/composefs-storage/driver/store/catalog"
)

// warnOfEnded warns once of each image whose server has ended. Containers that use its mount cannot read files.
func (d *Driver) warnOfEnded(mounts ...shared.Mount) {
	for _, m := range mounts {
		if m.Ended == nil {
			continue
		}
		if _, again := process.warned.LoadOrStore(m.Point, true); again {
			continue
		}
		name, hint := m.Inode, shared.Advice("")
		if image, ok := d.imageOfInode(m.Inode); ok {
			name = image.Name()
			hint = shared.Advice(message.Word(name))
		}
		logrus.Warnf("composefs: the FUSE server of image %s has ended, and containers that ran then get ENOTCONN: %v; hint: %s", name, m.Ended, hint)
	}
}

// imageOfInode returns the container image whose merged image has an inode.
func (d *Driver) imageOfInode(inode string) (catalog.Image, bool) {
	c, err := catalog.Read(d.stores)
	if err != nil {
		return catalog.Image{}, false
	}
	return c.WithFile(d.stores, func(f fs.FileInfo) bool { return shared.InodeName(f) == inode })
}
