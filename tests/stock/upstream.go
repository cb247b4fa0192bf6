//go:build linux

package stock

import (
	graphdriver "github.com/containers/storage/drivers"
	"github.com/containers/storage/pkg/idtools"
)

// This file contains all of the tests that depends on the version of containers/storage: this one is for
// 1.59. hack/upstreams contains those for other versions.

// PutDiff gives a new, empty layer the files of a tar, as PutLayer of the store does. It returns their
// size in bytes.
func PutDiff(d graphdriver.Driver, id, parent string, o graphdriver.ApplyDiffOpts) (int64, error) {
	return AddDiff(d, id, parent, o)
}

// AddDiff adds the files of a tar to a layer, as ApplyDiff of the store does.
func AddDiff(d graphdriver.Driver, id, parent string, o graphdriver.ApplyDiffOpts) (int64, error) {
	return d.ApplyDiff(id, parent, o)
}

// OnDisk returns the options for a mount that shows the owners as they are on disk, which the maps have
// changed there.
func OnDisk(maps *idtools.IDMappings, options ...string) graphdriver.MountOpts {
	return graphdriver.MountOpts{UidMaps: maps.UIDs(), GidMaps: maps.GIDs(), DisableShifting: true, Options: options}
}
