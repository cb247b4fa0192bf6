//go:build linux

package warn

import (
	"github.com/sirupsen/logrus"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/driver/kernel/feature"
)

// Xattrs warns of the first file with more xattrs than the file system of dir can hold. dir is a
// directory in the layer's store. An image can hold them, so containers can read the file, but
// overlayfs cannot copy it up.
func Xattrs(layer, dir string, largest []convert.XattrFile) {
	for _, f := range largest {
		holds, err := feature.HoldsXattrs(dir, f.Xattrs)
		if err != nil {
			logrus.Debugf("composefs: whether containers can change %q of layer %s: %v", f.Path, layer, err)
			return
		}
		if !holds {
			logrus.Warnf("composefs: layer %s: %q has %d bytes of xattrs, more than the file system of the store can hold; a container that changes it gets ENOSPC", layer, f.Path, f.Size())
			return
		}
	}
}
