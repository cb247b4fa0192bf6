//go:build linux

package driver

import (
	"fmt"
	"path/filepath"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/sirupsen/logrus"

	"github.com/composefs-storage/composefs-storage/config"
	"github.com/composefs-storage/composefs-storage/driver/inplace"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// writable readies a chain for a mount: a composefs layer that is to be mounted
// read-write becomes a plain one first. podman never does that to a layer of an image; the
// command containers-storage and upstream's tests do. Where only composefs can be mounted the layer
// stays as it is, and the mount is refused.
func (d *Driver) writable(c chain.Chain, options graphdriver.MountOpts) (chain.Chain, error) {
	l := c[0]
	if !l.Composefs || d.conf.Verity == config.VerityRequire || isMounted(d.target(l)) {
		return c, nil
	}
	p, err := d.optionsPlan(l, options)
	if err != nil || p.Attrs&mount.ReadOnly != 0 {
		return c, err
	}
	logrus.Debugf("composefs: layer %s becomes plain, to be mounted read-write", l.ID)
	had := d.holdings(l.ID)
	converter := inplace.New(d.stores, filepath.Dir(d.runDir), d.sealing())
	if err := converter.Writable(l); err != nil {
		return c, fmt.Errorf("unpack it, to mount it read-write: %w", err)
	}
	d.collect(had)
	return d.chain(l.ID)
}

// isMounted reports whether an overlay is mounted on target.
func isMounted(target string) bool {
	return graphdriver.NewFsChecker(graphdriver.FsMagicOverlay).IsMounted(target)
}
