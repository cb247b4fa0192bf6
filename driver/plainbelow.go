//go:build linux

package driver

import (
	"fmt"
	"slices"

	"github.com/sirupsen/logrus"

	"github.com/composefs-storage/composefs-storage/driver/inplace"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// In mounts without root, only the image of the lowest layers finds its objects: see [mount.Plan]. A
// composefs layer above a plain one therefore becomes plain. See docs/decisions/052-plain-below.md.

// plainBelow returns why new layers on a layer stay plain, or "".
func (d *Driver) plainBelow(parent string) string {
	if parent == "" || !d.abilities().served {
		return ""
	}
	c, err := d.stores.Chain(parent)
	switch {
	case err != nil:
		return err.Error()
	case slices.ContainsFunc(c, func(l chain.Layer) bool { return !l.Composefs }):
		return "a layer below it is plain"
	}
	return ""
}

// unmix makes the composefs layers plain that have a plain layer below them, and returns the new chain.
// It does nothing where root mounts. The caller holds the lock of the layers.
func (d *Driver) unmix(c chain.Chain) (chain.Chain, error) {
	if !d.mountsOurselves(c) || !d.abilities().served {
		return c, nil
	}
	plain, changed := false, false
	for _, l := range slices.Backward(c) {
		switch {
		case !l.Composefs:
			plain = true
		case !plain:
		case l.Store.ReadOnly:
			return c, fmt.Errorf("layer %s is composefs, and a layer below it is plain: only root can mount this", l.ID)
		default:
			logrus.Debugf("composefs: layer %s becomes plain, as the layers below it", l.ID)
			if err := d.makePlain(l); err != nil {
				return c, fmt.Errorf("make layer %s plain, as the layers below it: %w", l.ID, err)
			}
			changed = true
		}
	}
	if !changed {
		return c, nil
	}
	return d.chain(c[0].ID)
}

// makePlain makes a composefs layer plain, and collects its objects. The caller holds the lock of the
// layers.
func (d *Driver) makePlain(l chain.Layer) error {
	had := d.holdings(l.ID)
	if err := inplace.New(d.stores, string(d.runRoot), d.sealing()).Writable(d.context(), l); err != nil {
		return err
	}
	d.collect(had)
	return nil
}
