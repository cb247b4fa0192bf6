//go:build linux

package driver

import (
	graphdriver "github.com/containers/storage/drivers"
	"github.com/containers/storage/drivers/overlay"
)

// This file contains all that depends on the version of containers/storage: this one is for 1.59.
// hack/upstreams contains those for other versions.

// bind adds to the driver the methods whose types are internal to containers/storage.
func bind(d *Driver, o *overlay.Driver) graphdriver.Driver { return withRemoval(d, o.DeferredRemove) }

// bindPlain is bind for stores in which composefs cannot work.
func bindPlain(p *plain, _ *overlay.Driver) graphdriver.Driver { return p }

// ApplyDiff adds the files of a tar to a layer: see applyDiff.
func (d *Driver) ApplyDiff(id, parent string, options graphdriver.ApplyDiffOpts) (int64, error) {
	return d.applyDiff(id, options, func() (int64, error) { return d.Driver.ApplyDiff(id, parent, options) })
}

// keepsOwners reports whether a mount shows the owners as they are on disk, whatever its maps.
func keepsOwners(o graphdriver.MountOpts) bool { return o.DisableShifting }
