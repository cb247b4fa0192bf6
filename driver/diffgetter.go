//go:build linux

package driver

import (
	graphdriver "github.com/containers/storage/drivers"

	"github.com/composefs-storage/composefs-storage/driver/contents"
)

// DiffGetter returns an opener of the layer's files by their names in its tar. tar-split assembles
// the tar from them. The getter also looks into the layers below, because a copy of a template for
// a user namespace has the files of the template, which is below the copy.
//
// The getter opens the files that a mount reads, so that "podman system check" and "crio check"
// find the damage that containers see.
//
// Locks are as for Diff. The getter takes the lock of the pool, shared, if it restores an object.
func (d *Driver) DiffGetter(id string) (graphdriver.FileGetCloser, error) {
	c, err := d.chain(id)
	if err != nil {
		return nil, err
	}
	if !c.Composefs() {
		return d.Driver.DiffGetter(id)
	}
	return contents.NewGetter(c, d.stores, d.sealing()), nil
}
