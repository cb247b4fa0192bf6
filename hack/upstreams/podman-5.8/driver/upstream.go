//go:build linux

package driver

import (
	graphdriver "go.podman.io/storage/drivers"
	"go.podman.io/storage/drivers/overlay"
)

// This file contains all that depends on the version of containers/storage: this one is for 1.62 and
// 1.63.

// bind adds to the driver the methods whose types are internal to containers/storage.
func bind(d *Driver, o *overlay.Driver) graphdriver.Driver {
	return withStaging(withRemoval(d, o.DeferredRemove), o.StartStagingDiffToApply, o.CommitStagedLayer)
}

// bindPlain is bind for stores in which composefs cannot work.
func bindPlain(p *plain, _ *overlay.Driver) graphdriver.Driver { return p }

// ApplyDiff adds the files of a tar to a layer: see applyDiff.
func (d *Driver) ApplyDiff(id string, options graphdriver.ApplyDiffOpts) (int64, error) {
	return d.applyDiff(id, options, func() (int64, error) { return d.Driver.ApplyDiff(id, options) })
}

// keepsOwners reports whether a mount shows the owners as they are on disk, whatever its maps.
func keepsOwners(o graphdriver.MountOpts) bool { return o.DisableShifting }
