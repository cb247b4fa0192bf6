//go:build linux

package stock

import (
	graphdriver "go.podman.io/storage/drivers"
	"go.podman.io/storage/pkg/idtools"
)

// This file adds layers as the store does, which depends on the version of containers/storage: this one
// is for 1.62 and later.

// Stage converts or unpacks a tar, as PutLayer of the store does without its lock. The driver has to
// implement [graphdriver.ApplyDiffStaging].
func Stage(d graphdriver.Driver, parent string, o graphdriver.ApplyDiffOpts) (Staged, error) {
	s := d.(graphdriver.ApplyDiffStaging)
	if o.Mappings == nil { // as the store has it
		o.Mappings = &idtools.IDMappings{}
	}
	cleanup, added, size, err := s.StartStagingDiffToApply(parent, o)
	staged := Staged{
		Place:  func(id string) (int64, error) { return size, s.CommitStagedLayer(id, added) },
		Remove: func() error { return nil },
	}
	if cleanup != nil {
		staged.Remove = cleanup
	}
	return staged, err
}

// AddDiff adds the files of a tar to a layer, as ApplyDiff of the store does.
func AddDiff(d graphdriver.Driver, id, _ string, o graphdriver.ApplyDiffOpts) (int64, error) {
	return d.ApplyDiff(id, o)
}
