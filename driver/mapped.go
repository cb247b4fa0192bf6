//go:build linux

package driver

import (
	"context"
	"os"
	"sync"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/containers/storage/pkg/idtools"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/driver/idmap"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
)

// mapped has the maps of the user namespaces for which new layers are. containers/storage
// gives them when it creates a layer, and does not give them with a staged one.
type mapped struct{ maps sync.Map } // of *idtools.IDMappings by the layers' names

// take returns the maps of a new layer, nil if it has none, and forgets them.
func (m *mapped) take(id string) *idtools.IDMappings {
	maps, ok := m.maps.LoadAndDelete(id)
	if !ok {
		return nil
	}
	return maps.(*idtools.IDMappings)
}

// Create makes a layer without contents, as the stock driver does.
func (d *Driver) Create(id, parent string, opts *graphdriver.CreateOpts) error {
	err := d.stockDriver.Create(id, parent, opts)
	if err == nil && opts != nil && opts.IDMappings != nil && !opts.Empty() {
		d.mapped.maps.Store(id, opts.IDMappings)
	}
	return err
}

// mapOwners gives the staged layer the owners on the host that maps gives those in the layer.
// It writes the layer image again; contents have no owners that count. An owner without a
// place in maps is an error, as when a tar is unpacked.
//
// "podman run --uidmap" has layers of a missing image pulled so where the kernel cannot mount
// them with other owners, and so are layers on top of such ones.
func (s *staged) mapOwners(maps *idtools.IDMappings) error {
	if maps == nil {
		return nil
	}
	img, err := images.Read(s.image)
	if err != nil {
		return err
	}
	f, err := s.temporary("layer image")
	if err != nil {
		return err
	}
	made, err := convert.RemapLayer(context.Background(), convert.Source{Image: img}, f, idmap.ToHost(maps))
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = os.Remove(s.imageName())
	}
	if err != nil {
		return also(err, f.Close())
	}
	if err, s.image = s.image.Close(), f; err != nil {
		return err
	}
	return s.seal(made.Digest)
}
