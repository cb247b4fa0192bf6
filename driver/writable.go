//go:build linux

package driver

import (
	"fmt"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/sirupsen/logrus"

	"github.com/composefs-storage/composefs-storage/config"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// writable prepares a chain for a mount. A composefs layer becomes plain before a read-write mount.
// podman never mounts a layer of an image read-write, but the command containers-storage and the
// tests of upstream do. With verity = "require" the layer stays composefs, and the mount fails.
func (d *Driver) writable(c chain.Chain, options graphdriver.MountOpts) (chain.Chain, error) {
	l := c[0]
	if !l.Composefs || l.Idmapped || d.conf.Verity == config.VerityRequire || isMounted(d.target(l)) {
		return c, nil
	}
	p, err := d.optionsPlan(l, options)
	if err != nil || p.Attrs&mount.ReadOnly != 0 {
		return c, err
	}
	logrus.Debugf("composefs: layer %s becomes plain, to be mounted read-write", l.ID)
	if err := d.makePlain(l); err != nil {
		return c, fmt.Errorf("unpack it, to mount it read-write: %w", err)
	}
	return d.chain(l.ID)
}

// isMounted reports whether an overlay is mounted on target.
func isMounted(target string) bool {
	return graphdriver.NewFsChecker(graphdriver.FsMagicOverlay).IsMounted(target)
}
