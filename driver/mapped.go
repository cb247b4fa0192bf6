//go:build linux

package driver

import (
	"sync"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/containers/storage/pkg/idtools"
)

// mapped has the maps of the user namespaces for which new layers are. containers/storage
// passes them when it creates a layer, and does not pass them with a staged one.
//
// "podman run --uidmap" pulls layers for a user namespace where the kernel cannot mount an
// existing layer with other owners, and so are layers on top of such ones.
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
