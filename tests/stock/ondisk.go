//go:build linux

package stock

import (
	graphdriver "github.com/containers/storage/drivers"
	"github.com/containers/storage/pkg/idtools"
)

// OnDisk depends on the version of containers/storage, too. It returns the options for a mount that shows
// the owners as they are on disk, which the maps have changed there.
func OnDisk(maps *idtools.IDMappings, options ...string) graphdriver.MountOpts {
	return graphdriver.MountOpts{UidMaps: maps.UIDs(), GidMaps: maps.GIDs(), DisableShifting: true, Options: options}
}
