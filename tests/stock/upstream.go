//go:build linux

package stock

import graphdriver "github.com/containers/storage/drivers"

// This file adds layers as the store does, which depends on the version of containers/storage: this one
// is for 1.59. hack/upstreams contains those for other versions.

// Stage begins to add a layer. This version adds it as a whole when it is placed.
func Stage(d graphdriver.Driver, parent string, o graphdriver.ApplyDiffOpts) (Staged, error) {
	return Staged{
		Place:  func(id string) (int64, error) { return AddDiff(d, id, parent, o) },
		Remove: func() error { return nil },
	}, nil
}

// AddDiff adds the files of a tar to a layer, as ApplyDiff of the store does.
func AddDiff(d graphdriver.Driver, id, parent string, o graphdriver.ApplyDiffOpts) (int64, error) {
	return d.ApplyDiff(id, parent, o)
}
