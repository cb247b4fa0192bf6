//go:build linux

package driver

import (
	"strings"

	"github.com/composefs-storage/composefs-storage/config"
	"github.com/composefs-storage/composefs-storage/driver/pull/staging"
	"github.com/composefs-storage/composefs-storage/driver/settings"
)

// Status returns the status of the stock driver, and whether composefs is on. It probes the kernel
// at the first call.
func (d *Driver) Status() [][2]string {
	decision := d.decision()
	state := strings.Join(append([]string{"off: " + d.conf.Reason(decision)}, settings.Advice(d.conf, decision)...), "; ")
	if err := d.abilities().err; decision.Active() && err != nil {
		state = "off: " + err.Error()
	} else if decision == config.ByPool {
		state = "on: " + d.conf.Reason(decision)
	} else if decision.Active() {
		state = "on"
	}
	forGzip, forZstd := d.decompress().Libraries()
	return append(d.Driver.Status(), [2]string{"Composefs", state}, [2]string{"Composefs Pool", d.stores.Primary.Pool()},
		[2]string{"Composefs Verity", d.verityStatus()},
		[2]string{"Composefs Decompression", forGzip + ", " + forZstd})
}

// decision returns whether new layers become composefs. It reads the store each time.
func (d *Driver) decision() config.Decision { return settings.Decide(d.conf, d.stores) }

// verityStatus returns the setting verity, and why it has no effect if that is so.
func (d *Driver) verityStatus() string {
	s := d.conf.Verity.String()
	if d.conf.Verity == config.VerityTry {
		if err := d.cannotVerify(); err != nil {
			return s + ": " + err.Error()
		}
	}
	return s
}

// Status returns the status of the stock driver, and why composefs is off.
func (p *plain) Status() [][2]string {
	return append(p.Driver.Status(), [2]string{"Composefs", "off: " + p.reason})
}

// Metadata returns the paths of a layer's directories. For a composefs chain, LowerDir lists the
// layers of the mount, images by their files, and ComposefsImage is the topmost image. The caller
// holds the lock of the layers.
func (d *Driver) Metadata(id string) (map[string]string, error) {
	c, err := d.chain(id)
	if err != nil {
		return nil, err
	}
	m, err := d.Driver.Metadata(id)
	if err != nil || !d.mountsOurselves(c) {
		return m, err
	}
	var lowers []string
	for i, s := range parts(c, readSeparate(c[0])) {
		switch {
		case s.Composefs():
			path := d.images.Place(s.Segment)
			if s.image != nil {
				path = s.Top().ImagePath()
			}
			if m["ComposefsImage"] == "" {
				m["ComposefsImage"] = path
			}
			lowers = append(lowers, path)
		case i == 0:
			lowers = append(lowers, s.Top().Diffs[1:]...)
		default:
			lowers = append(lowers, s.Top().Diffs...)
		}
	}
	m["LowerDir"] = strings.Join(lowers, ":")
	return m, nil
}

// Cleanup ends the use of the driver. containers/storage calls it at the end of a command if no
// layer is mounted, and holds storage.lock and the lock of the layers. Cleanup merges the chains of
// pulled and built images, unmounts the stock driver's home and the shared mounts that no container uses, and
// collects garbage. It takes the lock of the pool, first shared and then exclusive if that is free,
// and the lock of the shared mounts.
func (d *Driver) Cleanup() error {
	if !staging.Busy() { // a signal is ending a command with staged layers
		d.premerge()
	}
	err := d.Driver.Cleanup()
	d.tidy()
	if sweep := d.mounts.Sweep(); err == nil {
		err = sweep
	}
	return err
}
