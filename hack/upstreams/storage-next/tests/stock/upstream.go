//go:build linux

package stock

import (
	"errors"

	graphdriver "go.podman.io/storage/drivers"
	"go.podman.io/storage/pkg/idtools"
)

// This file contains all of the tests that depends on the version of containers/storage: this one is for
// 1.65.

// PutDiff gives a new, empty layer the files of a tar, as PutLayer of the store does. It returns their
// size in bytes.
func PutDiff(d graphdriver.Driver, id, parent string, o graphdriver.ApplyDiffOpts) (size int64, err error) {
	s, ok := d.(graphdriver.ApplyDiffStaging)
	if !ok {
		return -1, errors.New("the driver does not implement ApplyDiffStaging")
	}
	if o.Mappings == nil { // as the store has it
		o.Mappings = &idtools.IDMappings{}
	}
	cleanup, added, size, err := s.StartStagingDiffToApply(parent, o)
	if cleanup != nil {
		defer func() { err = errors.Join(err, cleanup()) }()
	}
	if err != nil {
		return -1, err
	}
	return size, s.CommitStagedLayer(id, added)
}

// AddDiff adds the files of a tar to a layer, as ApplyDiff of the store does.
func AddDiff(d graphdriver.Driver, id, _ string, o graphdriver.ApplyDiffOpts) (int64, error) {
	return d.ApplyDiff(id, o)
}

// OnDisk returns the options for a mount that shows the owners as they are on disk, which the maps have
// changed there. The store passes the maps only where the kernel is to apply them.
func OnDisk(_ *idtools.IDMappings, options ...string) graphdriver.MountOpts {
	return graphdriver.MountOpts{Options: options}
}
