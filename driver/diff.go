//go:build linux

package driver

import (
	"errors"
	"fmt"
	"io"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/containers/storage/pkg/archive"
	"github.com/containers/storage/pkg/directory"
	"github.com/containers/storage/pkg/idtools"

	"github.com/composefs-storage/composefs-storage/driver/contents"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/survey"
	"github.com/composefs-storage/composefs-storage/driver/upper"
)

// Diff returns a tar of the changes that a layer makes to its parent, "" for none, with whiteouts
// as in layer tars.
//
// For a container and the layer below it, Diff reads the upper directory, the same paths in the
// layers below, and renamed directories in a mount. It compares two mounts for any other pair.
//
// The caller holds the lock of the layers until it closes the tar, as a reader for a layer of an
// additional store. Diff may call Get.
func (d *Driver) Diff(id string, maps *idtools.IDMappings, parent string, parentMaps *idtools.IDMappings, label string) (io.ReadCloser, error) {
	c, err := d.chain(id)
	if err != nil {
		return nil, err
	}
	if !c.Composefs() {
		return d.Driver.Diff(id, maps, parent, parentMaps, label)
	}
	if c[0].Composefs {
		if err := contents.Restore(d.stores, d.sealing(), c[0]); err != nil {
			return nil, fmt.Errorf("layer %s: %w", id, err)
		}
	}
	if c[0].Composefs || !d.isOwn(c, parent) {
		return d.naive.Diff(id, maps, parent, parentMaps, label)
	}
	redirects, err := upper.FindRedirects(c[0].Diffs[0])
	if err != nil {
		return nil, fmt.Errorf("layer %s: %w", id, err)
	}
	if !redirects.Excludable() {
		return d.naive.Diff(id, maps, parent, parentMaps, label)
	}
	if maps == nil {
		maps = &idtools.IDMappings{}
	}
	return d.upperTar(c, redirects, maps, label)
}

// upperTar returns the tar of a container's upper directory.
func (d *Driver) upperTar(c chain.Chain, redirects upper.Redirects, maps *idtools.IDMappings, label string) (io.ReadCloser, error) {
	below := &roots{}
	if err := d.open(below, lowerParts(c)); err != nil {
		return nil, errors.Join(err, below.Close())
	}
	r, err := upper.Tar(upper.Source{
		Upper:     c[0].Diffs[0],
		Below:     below.list,
		Redirects: redirects,
		Metacopy:  hasMetacopyMark(c[0]),
		Mount: func() (string, func() error, error) {
			merged, err := d.Get(c[0].ID, graphdriver.MountOpts{MountLabel: label, UidMaps: maps.UIDs(), GidMaps: maps.GIDs()})
			return merged, func() error { return d.Put(c[0].ID) }, err
		},
	}, archive.TarOptions{Compression: archive.Uncompressed, UIDMaps: maps.UIDs(), GIDMaps: maps.GIDs()})
	if err != nil {
		return nil, below.named(errors.Join(err, below.Close()))
	}
	return &rootsReader{r, below}, nil
}

// rootsReader is a tar that keeps images mounted until it is closed.
type rootsReader struct {
	io.ReadCloser
	below *roots
}

func (r *rootsReader) Close() error { return errors.Join(r.ReadCloser.Close(), r.below.Close()) }

// DiffSize returns the size in bytes of the files that a layer adds to its parent. Locks are as for
// Diff.
func (d *Driver) DiffSize(id string, maps *idtools.IDMappings, parent string, parentMaps *idtools.IDMappings, label string) (int64, error) {
	c, err := d.chain(id)
	if err != nil {
		return 0, err
	}
	if !c.Composefs() {
		return d.Driver.DiffSize(id, maps, parent, parentMaps, label)
	}
	switch {
	case !isParent(c, parent):
		return d.naive.DiffSize(id, maps, parent, parentMaps, label)
	case c[0].Composefs:
		files, err := survey.FilesIn(c[0].ImagePath())
		return files.Bytes, err
	}
	return directory.Size(c[0].Diffs[0])
}

// Changes returns the paths that a layer adds to its parent, modifies or deletes. Locks are as for
// Diff.
func (d *Driver) Changes(id string, maps *idtools.IDMappings, parent string, parentMaps *idtools.IDMappings, label string) ([]archive.Change, error) {
	c, err := d.chain(id)
	if err != nil {
		return nil, err
	}
	if !c.Composefs() {
		return d.Driver.Changes(id, maps, parent, parentMaps, label)
	}
	if !d.isOwn(c, parent) {
		return d.naive.Changes(id, maps, parent, parentMaps, label)
	}
	merged, err := d.mountRenamed(c, label)
	if err != nil {
		return nil, fmt.Errorf("layer %s: %w", id, err)
	}
	if merged != "" {
		defer d.Put(id) //nolint:errcheck // the changes are right all the same
	}
	top, below := &roots{}, &roots{}
	defer top.Close()   //nolint:errcheck // open for reading
	defer below.Close() //nolint:errcheck // open for reading
	if c[0].Composefs {
		err = top.mount(c[0].ImagePath(), d.mountRoot)
	} else {
		err = d.open(top, parts(c[:1], nil))
	}
	if err == nil {
		err = d.open(below, lowerParts(c))
	}
	if err != nil {
		return nil, err
	}
	list, err := upper.Changes(top.list[0], merged, below.list)
	return list, top.named(below.named(err))
}

// lowerParts returns the parts below the top layer.
func lowerParts(c chain.Chain) []part {
	if c[0].Composefs {
		return parts(c[1:], nil)
	}
	return parts(c, readSeparate(c[0]))[1:]
}

// mountRenamed mounts the chain of a container that has renamed directories, because only a mount
// shows their entries. It returns the mount point, or "" if there are none.
func (d *Driver) mountRenamed(c chain.Chain, label string) (string, error) {
	if c[0].Composefs {
		return "", nil
	}
	redirects, err := upper.FindRedirects(c[0].Diffs[0])
	if err != nil || len(redirects.Dirs) == 0 {
		return "", err
	}
	return d.Get(c[0].ID, graphdriver.MountOpts{MountLabel: label, Options: []string{"ro"}})
}

// isParent reports whether parent is the layer below the top layer of the chain, or "" if there is
// none.
func isParent(c chain.Chain, parent string) bool {
	if len(c) == 1 {
		return parent == ""
	}
	return c[1].ID == parent
}

// isOwn reports whether the top layer's own files are the difference to parent.
func (d *Driver) isOwn(c chain.Chain, parent string) bool {
	return d.mountsOurselves(c) && isParent(c, parent) && len(c[0].Diffs) <= 1
}
