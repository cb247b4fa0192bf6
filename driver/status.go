//go:build linux

package driver

import (
	"strings"

	"github.com/composefs-storage/composefs-storage/config"
	"github.com/composefs-storage/composefs-storage/driver/pull/staging"
	"github.com/composefs-storage/composefs-storage/driver/settings"
)

// Status says what the stock driver says of itself, and whether composefs is on.
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
	return append(d.Driver.Status(), [2]string{"Composefs", state}, [2]string{"Composefs Pool", d.stores.Primary.Pool()},
		[2]string{"Composefs Verity", d.verityStatus()})
}

// decision says whether new layers become composefs. It depends on what the store has now.
func (d *Driver) decision() config.Decision { return settings.Decide(d.conf, d.stores) }

// verityStatus says what becomes of the setting verity here.
func (d *Driver) verityStatus() string {
	s := d.conf.Verity.String()
	if d.conf.Verity == config.VerityTry {
		if err := d.cannotVerify(); err != nil {
			return s + ": " + err.Error()
		}
	}
	return s
}

// Status says what the stock driver says of itself, and why composefs is off.
func (p *plain) Status() [][2]string {
	return append(p.Driver.Status(), [2]string{"Composefs", "off: " + p.reason})
}

// Metadata returns where a layer's directories are. Of a composefs chain LowerDir is
// what the mount has, images by their files; ComposefsImage is the topmost of these.
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
	for i, s := range c.Segments() {
		switch {
		case s.Composefs():
			path := d.images.Place(s)
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

// Cleanup is called at the end of a command, if nothing is mounted: it merges the chains
// of pulled images, undoes what the stock driver has mounted for itself, unmounts images that
// are left over from a crash, and collects garbage that others have left.
func (d *Driver) Cleanup() error {
	if !staging.Busy() { // else a signal ends the command
		d.premerge()
	}
	err := d.Driver.Cleanup()
	d.tidy()
	if sweep := d.mounts.Sweep(); err == nil {
		err = sweep
	}
	return err
}
