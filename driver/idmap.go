//go:build linux

package driver

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"sync"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/containers/storage/pkg/idtools"
	"github.com/sirupsen/logrus"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/driver/idmap"
	"github.com/composefs-storage/composefs-storage/driver/kernel/feature"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/pool"
)

// A kernel with idmapped mounts shows the owners of a user namespace in the mount, and layers do
// not change. On other kernels, and for users without root, containers/storage makes a copy of an image's top
// layer for each range of IDs and changes the owners of all files that the copy shows. The copy for a user is
// an idmapped layer: only the mount changes owners.

// copies are the layers that CreateFromTemplate has made and UpdateLayerIDMap has not yet changed.
// The caller holds the lock of the layers from the first call to the second.
type copies struct{ templates sync.Map }

// CreateFromTemplate makes an empty layer on top of the template, which shows the same files. The
// caller holds the lock of the layers.
func (d *Driver) CreateFromTemplate(id, template string, templateMaps *idtools.IDMappings, parent string, parentMaps *idtools.IDMappings, opts *graphdriver.CreateOpts, readWrite bool) error {
	err := d.stockDriver.CreateFromTemplate(id, template, templateMaps, parent, parentMaps, opts, readWrite)
	if err == nil && !readWrite {
		d.copies.templates.Store(id, template)
	}
	return err
}

// UpdateLayerIDMap changes the owners of all files that a new layer shows: from the IDs of
// toContainer, nil for those of the host, to the IDs of toHost. A copy of a composefs layer becomes
// composefs: an idmapped layer, or one with an image of the whole tree and the same objects. For any other layer on top of
// composefs it changes the files in a mount, which copies no contents.
//
// The caller holds the lock of the layers. UpdateLayerIDMap takes the lock of the pool, shared.
func (d *Driver) UpdateLayerIDMap(id string, toContainer, toHost *idtools.IDMappings, label string) error {
	_, copied := d.copies.templates.LoadAndDelete(id)
	c, err := d.chain(id)
	if err != nil {
		return err
	}
	if !d.mountsOurselves(c) || c[0].Composefs {
		return d.Driver.UpdateLayerIDMap(id, toContainer, toHost, label)
	}
	why := d.keepsPlain(graphdriver.ApplyDiffOpts{})
	if why == "" {
		why = cannotRemap(c, copied)
	}
	if why == "" {
		if d.idmaps(toContainer) {
			return wrapIDMap(id, d.makeIdmapped(c[0], toHost))
		}
		err = d.remap(c, toContainer, toHost)
		if !errors.Is(err, pool.ErrApart) {
			return wrapIDMap(id, err)
		}
		why = err.Error()
	}
	if d.stores.Foreign(c[0]) { // its mounts are read-only
		return d.Driver.UpdateLayerIDMap(id, toContainer, toHost, label)
	}
	logrus.Debugf("composefs: owners of layer %s are changed in a mount: %s", id, why)
	return wrapIDMap(id, d.chownAll(c, toContainer, toHost, label))
}

// wrapIDMap adds the layer to an error.
func wrapIDMap(id string, err error) error {
	if err != nil {
		return fmt.Errorf("change owners of layer %s: %w", id, err)
	}
	return nil
}

// cannotRemap returns why a layer cannot get an image of its whole chain, or "".
func cannotRemap(c chain.Chain, copied bool) string {
	below := c[1:].Segments()
	empty, err := isEmpty(c[0])
	switch {
	case err != nil:
		return err.Error()
	case !copied:
		return "it is to be written to"
	case !empty || len(c[0].Diffs) > 1:
		return "it has files"
	case len(below) != 1 || !below[0].Composefs():
		return "not all layers below it are composefs"
	case !(chain.Segment{Layers: c}).OneStore():
		return "the layers below it are in another store"
	}
	return ""
}

// remap gives a new layer an image of all layers below it, with other owners. If the error is
// [pool.ErrApart], nothing has changed.
func (d *Driver) remap(c chain.Chain, toContainer, toHost *idtools.IDMappings) error {
	owner := idmap.Between(toContainer, toHost)
	_, err := d.fill(c[0], func(batch *objects.Batch, w *os.File) (convert.Written, error) {
		return d.images.Remap(d.context(), c[1:].Segments()[0], w, owner, func(c convert.Content) error {
			return batch.Link(c.Digest, c.Size)
		})
	})
	return err
}

// idmaps reports whether the copy of a layer with the owners of those maps becomes an idmapped layer.
func (d *Driver) idmaps(toContainer *idtools.IDMappings) bool {
	return (toContainer == nil || toContainer.Empty()) && d.abilities().served && feature.ServedIdmapped.Has(d.root())
}

// makeIdmapped makes a new layer an idmapped one. It has a layer image without files, so that it is composefs for
// every program.
func (d *Driver) makeIdmapped(l chain.Layer, toHost *idtools.IDMappings) error {
	if err := idmap.Write(l.IdmapFile(), toHost); err != nil {
		return err
	}
	_, err := d.fill(l, func(batch *objects.Batch, w *os.File) (convert.Written, error) {
		return convert.Layer(d.context(), bytes.NewReader(nil), batch, w, layer.Options{Algorithm: batch.Algorithm()})
	})
	return err
}

// mountMaps returns the maps that the mount of a chain applies to its layers, nil for none: those of the idmapped layer
// that it shows, or those of the mount.
func (d *Driver) mountMaps(c chain.Chain, o graphdriver.MountOpts) (*idtools.IDMappings, error) {
	shown := c[0]
	if !shown.Composefs && len(c) > 1 { // a container on its image
		shown = c[1]
	}
	switch {
	case shown.Idmapped:
		return idmap.Read(shown.IdmapFile())
	case d.shifts(o):
		return mapsOf(o), nil
	}
	return nil, nil
}

// chownAll changes owners in a mount with metacopy=on, which copies up metadata only, and then
// gives the layer a new directory to write to. Source: UpdateLayerIDMap of the stock driver, which
// cannot mount merged images.
func (d *Driver) chownAll(c chain.Chain, toContainer, toHost *idtools.IDMappings, label string) (err error) {
	l := c[0]
	// The mark means verified until prepareUpper sees a mount without verity.
	if err := os.WriteFile(l.MetacopyMark(), []byte(verifiedMark), 0o600); err != nil {
		return err
	}
	dir, err := d.Get(l.ID, graphdriver.MountOpts{MountLabel: label})
	if err != nil {
		return err
	}
	err = graphdriver.ChownPathByMaps(dir, toContainer, toHost)
	if err = errors.Join(err, d.Put(l.ID)); err != nil {
		return err
	}
	var root idtools.IDPair
	if toHost != nil {
		if root.UID, root.GID, err = idtools.GetRootUIDGID(toHost.UIDs(), toHost.GIDs()); err != nil {
			return err
		}
	}
	return rotate(l, root)
}

// rotate moves the directory that a layer writes to below a new one with that owner.
func rotate(l chain.Layer, owner idtools.IDPair) error {
	info, err := os.Stat(l.Diff())
	if err != nil {
		return err
	}
	for n := len(l.Diffs); n > 0; n-- {
		from := l.Diff()
		if n > 1 {
			from += fmt.Sprint(n - 1)
		}
		if err := os.Rename(from, l.Diff()+fmt.Sprint(n)); err != nil {
			return err
		}
	}
	work := l.Work() // refers to the old directory
	if err := os.RemoveAll(work); err != nil {
		return err
	}
	for _, made := range []struct {
		path string
		mode os.FileMode
	}{{work, 0o700}, {l.Diff(), info.Mode()}} {
		if err := idtools.MkdirAs(made.path, made.mode, owner.UID, owner.GID); err != nil {
			return err
		}
	}
	return nil
}

// mapped contains the maps of new layers that are for a user namespace. containers/storage passes
// them when it creates a layer, but not when it places a staged one.
//
// "podman run --uidmap" pulls layers for a user namespace where the kernel cannot mount an existing
// layer with other owners. Layers on top of these are for the same user namespace.
type mapped struct{ maps sync.Map } // of *idtools.IDMappings by the layers' names

// take returns the maps of a new layer, nil if it has none, and forgets them.
func (m *mapped) take(id string) *idtools.IDMappings {
	maps, ok := m.maps.LoadAndDelete(id)
	if !ok {
		return nil
	}
	return maps.(*idtools.IDMappings)
}

// Create makes an empty layer. The caller holds the lock of the layers.
func (d *Driver) Create(id, parent string, opts *graphdriver.CreateOpts) error {
	d.mapped.take(id) // of a removed layer that was never filled
	err := d.stockDriver.Create(id, parent, opts)
	if err == nil && opts != nil && opts.IDMappings != nil && !opts.Empty() {
		d.mapped.maps.Store(id, opts.IDMappings)
	}
	return err
}
