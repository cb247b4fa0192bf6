//go:build linux

package driver

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/containers/storage/pkg/archive"
	"github.com/containers/storage/pkg/directory"
	"github.com/containers/storage/pkg/idtools"

	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
	"github.com/composefs-storage/composefs-storage/driver/message"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/survey"
)

// Diff returns a tar of what a layer changes in its parent, "" for none, with
// whiteouts spelled as in layer tars.
//
// Of a container, whose parent is the layer below it, the upper directory is read, and
// nothing else but what the layers below have in the same places and what is in
// directories that were renamed. Other differences are made by comparing two mounts.
func (d *Driver) Diff(id string, maps *idtools.IDMappings, parent string, parentMaps *idtools.IDMappings, label string) (io.ReadCloser, error) {
	c, err := d.chain(id)
	if err != nil {
		return nil, err
	}
	if !c.Composefs() {
		return d.Driver.Diff(id, maps, parent, parentMaps, label)
	}
	if c[0].Composefs {
		if err := d.restoreObjects(c[0]); err != nil {
			return nil, fmt.Errorf("layer %s: %w", id, err)
		}
	}
	if c[0].Composefs || !d.isOwn(c, parent) {
		return d.naive.Diff(id, maps, parent, parentMaps, label)
	}
	away, err := elsewhere(c[0].Diffs[0])
	if err != nil {
		return nil, fmt.Errorf("layer %s: %w", id, err)
	}
	if !away.excludable() {
		return d.naive.Diff(id, maps, parent, parentMaps, label)
	}
	if maps == nil {
		maps = &idtools.IDMappings{}
	}
	t := &diffTar{options: archive.TarOptions{Compression: archive.Uncompressed, UIDMaps: maps.UIDs(), GIDMaps: maps.GIDs()}}
	if err := d.fillTar(t, c, away, label); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	return t, nil
}

// DiffSize returns the length of the files that a layer adds to its parent.
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
		files, err := survey.FilesIn(c[0].Blob())
		return files.Bytes, err
	}
	return directory.Size(c[0].Diffs[0])
}

// isParent reports whether parent is the layer below the chain's first, or "" if
// there is none.
func isParent(c chain.Chain, parent string) bool {
	if len(c) == 1 {
		return parent == ""
	}
	return c[1].ID == parent
}

// isOwn reports whether the difference of the chain's first layer to parent is what that
// layer has itself.
func (d *Driver) isOwn(c chain.Chain, parent string) bool {
	return d.handles(c) && isParent(c, parent) && len(c[0].Diffs) <= 1
}

// roots are layers as directories, the top one first: files of images have no contents
// there.
type roots struct {
	list  []string
	files []*os.File
	names []string // what list calls images, and their paths, in pairs
}

// open adds the segments of a chain.
func (d *Driver) open(r *roots, c chain.Chain) error {
	for _, s := range c.Segments() {
		if !s.Composefs() {
			r.list = append(r.list, s.Top().Diffs...)
			continue
		}
		img, err := d.images.Of(s)
		if err != nil {
			return err
		}
		if err := r.mount(img.Path, d.abilities().backing); err != nil {
			return err
		}
	}
	return nil
}

// mount adds an image, in a mount without a place.
func (r *roots) mount(path string, backing mount.Backing) error {
	root, err := mount.Erofs(&mount.Image{Path: path, Backing: backing})
	if err != nil {
		return err
	}
	r.files = append(r.files, root)
	name := fmt.Sprintf("/proc/self/fd/%d", root.Fd())
	r.list = append(r.list, name)
	r.names = append(r.names, name+"/", path+":/")
	return nil
}

// named has an error tell the files of images by the images' paths.
func (r *roots) named(err error) error { return message.Rename(err, r.names...) }

// Close unmounts the images.
func (r *roots) Close() error {
	var errs []error
	for _, f := range r.files {
		errs = append(errs, f.Close())
	}
	return errors.Join(errs...)
}
