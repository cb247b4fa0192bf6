//go:build linux

package driver

import (
	graphdriver "go.podman.io/storage/drivers"
	"go.podman.io/storage/drivers/overlay"
)

// This file contains all that depends on the version of containers/storage: this one is for 1.65.

// bind adds to the driver the methods whose types are internal to containers/storage.
func bind(d *Driver, o *overlay.Driver) graphdriver.Driver {
	return withFiles(withStaging(withRemoval(d, o.DeferredRemove), o.StartStagingDiffToApply, o.CommitStagedLayer), o.LayerFiles)
}

// bindPlain is bind for stores in which composefs cannot work.
func bindPlain(p *plain, o *overlay.Driver) graphdriver.Driver {
	return withPlainFiles(p, o.LayerFiles)
}

// ApplyDiff adds the files of a tar to a layer: see applyDiff.
func (d *Driver) ApplyDiff(id string, options graphdriver.ApplyDiffOpts) (int64, error) {
	return d.applyDiff(id, options, func() (int64, error) { return d.Driver.ApplyDiff(id, options) })
}

// keepsOwners reports whether a mount shows the owners as they are on disk, whatever its maps.
func keepsOwners(graphdriver.MountOpts) bool { return false }
