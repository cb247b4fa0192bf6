package config_test

import (
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/config"
)

// TestDecide tests all combinations of two switches and a pool.
func TestDecide(t *testing.T) {
	for _, tc := range []struct {
		composefs, convert config.Switch
		without, with      string // a pool
	}{
		{config.Unset, config.Unset,
			"unset: use_composefs and convert_images are unset, and the store has no pool",
			"pool: use_composefs and convert_images are unset, and the store has a pool"},
		{config.On, config.Unset,
			"unset: convert_images is unset, and the store has no pool",
			"pool: convert_images is unset, and the store has a pool"},
		{config.Unset, config.On,
			"unset: use_composefs is unset, and the store has no pool",
			"pool: use_composefs is unset, and the store has a pool"},
		{config.On, config.On,
			`set: use_composefs and convert_images are "true"`,
			`set: use_composefs and convert_images are "true"`},
		{config.Off, config.Unset, `false: use_composefs is not "true"`, `false: use_composefs is not "true"`},
		{config.Off, config.On, `false: use_composefs is not "true"`, `false: use_composefs is not "true"`},
		{config.Unset, config.Off, `false: convert_images is not "true"`, `false: convert_images is not "true"`},
		{config.On, config.Off, `false: convert_images is not "true"`, `false: convert_images is not "true"`},
		{config.Off, config.Off,
			`false: use_composefs and convert_images are not "true"`,
			`false: use_composefs and convert_images are not "true"`},
	} {
		o := config.Options{UseComposefs: tc.composefs, Pull: config.PullOptions{ConvertImages: tc.convert}}
		for pool, want := range map[bool]string{false: tc.without, true: tc.with} {
			d := o.Decide(pool)
			if got := d.String() + ": " + o.Reason(d); got != want {
				t.Errorf("use_composefs %s, convert_images %s, pool %v: %s, want %s", tc.composefs, tc.convert, pool, got, want)
			}
			if active := d == config.BySwitches || d == config.ByPool; d.Active() != active {
				t.Errorf("%s is active: %v", d, d.Active())
			}
		}
	}
	if s := config.Switch(7).String() + config.Decision(7).String(); s != "Switch(7)Decision(7)" {
		t.Error(s)
	}
}

// TestUnset distinguishes switches that are off from missing ones.
func TestUnset(t *testing.T) {
	for text, want := range map[string]config.Switch{
		"": config.Unset, "convert_images = ''": config.Unset, "convert_images = 'false'": config.Off,
		"convert_images = '1'": config.Off, "convert_images = 'true'": config.On,
	} {
		o, err := config.Parse(storage("[storage.options.pull_options]\n" + text))
		if err != nil || o.Pull.ConvertImages != want {
			t.Errorf("%s: %s, %v, want %s", text, o.Pull.ConvertImages, err, want)
		}
	}
	for text, want := range map[string]config.Switch{
		"": config.Unset, "use_composefs = ''": config.Unset, "use_composefs = 'false'": config.Off,
		"use_composefs = '0'": config.Off, "use_composefs = 'true'": config.On,
	} {
		o, err := config.Parse(storage(inOverlay + text))
		if err != nil || o.UseComposefs != want {
			t.Errorf("%s: %s, %v, want %s", text, o.UseComposefs, err, want)
		}
	}
	for _, forgets := range [][]string{{}, {""}, {"overlay.mountopt=nodev"}} { // --root and --storage-opt
		s := storage(inOverlay + "use_composefs = 'true'")
		s.DriverOptions = forgets
		if o, err := config.Parse(s); err != nil || o.UseComposefs != config.Unset {
			t.Errorf("driver options %q: %s, %v", forgets, o.UseComposefs, err)
		}
	}
}

// TestAdvice names the missing switches, and the place where each counts.
func TestAdvice(t *testing.T) {
	const (
		composefs = `set use_composefs = "true" in [storage.options.overlay] of storage.conf`
		convert   = `set convert_images = "true" in [storage.options.pull_options] of storage.conf`
		flag      = `pass --storage-opt overlay.use_composefs=true: flags such as --root, and STORAGE_OPTS, hide use_composefs of storage.conf`
	)
	for _, tc := range []struct {
		composefs, convert config.Switch
		pool, hidden       bool
		want               string
	}{
		{config.On, config.On, false, false, ""},
		{config.Unset, config.Unset, true, true, ""},
		{config.Unset, config.Unset, false, false, composefs + "\n" + convert},
		{config.Unset, config.On, false, false, composefs},
		{config.On, config.Unset, false, false, convert},
		{config.Off, config.Unset, true, false, composefs + "\n" + convert},
		{config.On, config.Off, true, true, convert},
		{config.Unset, config.On, false, true, flag},
		{config.Unset, config.Off, false, true, flag + "\n" + convert},
	} {
		o := config.Options{UseComposefs: tc.composefs, Pull: config.PullOptions{ConvertImages: tc.convert}}
		if got := strings.Join(o.Advice(o.Decide(tc.pool), nil, tc.hidden), "\n"); got != tc.want {
			t.Errorf("%+v: got\n%s", tc, got)
		}
	}
}

// TestAdviceNames has the switch in a drop-in, which would take precedence over storage.conf.
func TestAdviceNames(t *testing.T) {
	s := dropIns("[storage.options.pull_options]\nconvert_images = 'true'", "[storage.options.overlay]\nuse_composefs = 'false'")
	o, err := config.Parse(s)
	from, errFrom := config.Origins(s)
	if err != nil || errFrom != nil {
		t.Fatal(err, errFrom)
	}
	got := o.Advice(o.Decide(true), from, false)
	if want := `set use_composefs = "true" in [storage.options.overlay] of 2.conf`; len(got) != 1 || got[0] != want {
		t.Errorf("Advice = %q, want %q", got, want)
	}
}
