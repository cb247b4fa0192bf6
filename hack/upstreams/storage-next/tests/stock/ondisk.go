//go:build linux

package stock

import (
	graphdriver "go.podman.io/storage/drivers"
	"go.podman.io/storage/pkg/idtools"
)

// OnDisk returns the options for a mount that shows the owners as they are on disk, which the maps have
// changed there. The store passes the maps only where the kernel is to apply them.
func OnDisk(_ *idtools.IDMappings, options ...string) graphdriver.MountOpts {
	return graphdriver.MountOpts{Options: options}
}
