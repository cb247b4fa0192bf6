//go:build linux

package driver

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	graphdriver "github.com/containers/storage/drivers"

	"github.com/composefs-storage/composefs-storage/config"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// TestPlan checks which mount options get into a plan. It also covers options that have no effect on
// this machine, such as an SELinux label.
func TestPlan(t *testing.T) {
	here := chain.Store{Home: "/h"}
	container := chain.Layer{ID: "c", Store: here, Diffs: []string{"/h/c/diff"}}
	image := chain.Layer{ID: "i", Store: here, Composefs: true}
	plain := chain.Layer{ID: "p", Store: here, Diffs: []string{"/h/p/diff"}}
	beside := chain.Layer{ID: "b", Store: chain.Store{Home: "/other"}, Diffs: []string{"/other/b/diff"}}
	hiding := chain.Layer{ID: "x", Store: here, Diffs: []string{t.TempDir()}} // a directory of objects
	if err := os.Mkdir(filepath.Join(hiding.Diffs[0], "a3"), 0o755); err != nil {
		t.Fatal(err)
	}
	upper := ` upper="/h/c/diff" work="/h/c/work"`
	on := " xino=on"
	for _, c := range []struct {
		name    string
		chain   chain.Chain
		global  []string
		options graphdriver.MountOpts
		want    string // "" for an error
	}{
		{"nothing", chain.Chain{container, image}, nil, graphdriver.MountOpts{}, upper + on},
		{"label", chain.Chain{container, image}, nil, graphdriver.MountOpts{MountLabel: "l:c1,c2"}, upper + on + ` context="l:c1,c2"`},
		{"volatile", chain.Chain{container, image}, nil, graphdriver.MountOpts{Volatile: true}, upper + " volatile" + on},
		{"volatile by option", chain.Chain{container, image}, nil, graphdriver.MountOpts{Options: []string{"volatile"}}, upper + " volatile" + on},
		{"read-only", chain.Chain{container, image}, nil, graphdriver.MountOpts{Options: []string{"ro"}, Volatile: true}, " ro" + on},
		{"image", chain.Chain{image}, nil, graphdriver.MountOpts{Options: []string{"ro"}, MountLabel: "l"}, " ro" + on + ` context="l"`},
		{"image, writable", chain.Chain{image}, nil, graphdriver.MountOpts{}, ""},
		{"of another store", chain.Chain{beside, image}, nil, graphdriver.MountOpts{}, " ro" + on},
		{"global option", chain.Chain{container, image}, []string{"nodev"}, graphdriver.MountOpts{}, upper + " nodev" + on},
		{"own option instead", chain.Chain{container, image}, []string{"nodev"}, graphdriver.MountOpts{Options: []string{"noexec"}}, upper + " noexec" + on},
		{"overlayfs's", chain.Chain{container, image}, nil, graphdriver.MountOpts{Options: []string{"metacopy=on", "index=off", ""}}, upper + on},
		{"unknown", chain.Chain{container, image}, nil, graphdriver.MountOpts{Options: []string{"nosuch"}}, ""},
		{"mixed", chain.Chain{container, image, plain}, nil, graphdriver.MountOpts{}, upper + " metacopy" + on},
		{"image lowest", chain.Chain{container, plain, image}, nil, graphdriver.MountOpts{}, upper + on},
		{"objects hidden", chain.Chain{container, image, hiding}, nil, graphdriver.MountOpts{}, upper + " metacopy xino=off"},
		{"nothing hidden", chain.Chain{container, hiding, image}, nil, graphdriver.MountOpts{}, upper + on},
		{"xino", chain.Chain{container, image}, []string{"xino=off"}, graphdriver.MountOpts{}, upper + " xino=off"},
		{"xino with own options", chain.Chain{container, image}, []string{"nodev", "xino=auto"}, graphdriver.MountOpts{Options: []string{"noexec"}}, upper + " noexec xino=auto"},
		{"own xino", chain.Chain{container, image}, []string{"xino=off"}, graphdriver.MountOpts{Options: []string{"xino=on"}}, upper + on},
		{"wrong xino", chain.Chain{container, image}, []string{"xino=yes"}, graphdriver.MountOpts{}, ""},
	} {
		d := &Driver{stockDriver: stockDriver{stores: &chain.Stores{Primary: here}}, mountOptions: c.global, abilities: func() abilities { return abilities{} }}
		p, err := d.plan(c.chain, c.options)
		if (err == nil) != (c.want != "") {
			t.Errorf("%s: error %v", c.name, err)
		} else if err == nil && p.String() != "composefs: lower="+c.want {
			t.Errorf("%s: %s", c.name, p)
		}
	}
}

// TestMetacopyStays plans a mount with metacopy=on, and then one on a kernel that does not need the
// option. The container may have metacopy files, so the second mount keeps the option.
func TestMetacopyStays(t *testing.T) {
	here := chain.Store{Home: t.TempDir()}
	container := chain.Layer{ID: "c", Store: here, Diffs: []string{filepath.Join(here.Home, "c", "diff")}}
	if err := os.MkdirAll(container.Diffs[0], 0o755); err != nil {
		t.Fatal(err)
	}
	needed := false
	d := &Driver{stockDriver: stockDriver{stores: &chain.Stores{Primary: here}}, abilities: func() abilities { return abilities{metacopy: needed} }}
	for _, step := range []struct{ needed, want bool }{{false, false}, {true, true}, {false, true}} {
		needed = step.needed
		p, err := d.plan(chain.Chain{container, {ID: "i", Store: here, Composefs: true}}, graphdriver.MountOpts{})
		if err == nil {
			err = prepareUpper(container, p)
		}
		if err != nil || p.Metacopy != step.want {
			t.Errorf("needed %v: metacopy=on is %v, %v", step.needed, p.Metacopy, err)
		}
	}
}

// TestPlanVerity checks which mounts have the kernel verify contents: with "require" all, and with
// "try" those that can, except for an upper directory whose files may lack digests.
func TestPlanVerity(t *testing.T) {
	store := chain.Store{Home: t.TempDir()}
	layer := func(id, mark string) chain.Layer {
		l := chain.Layer{ID: id, Store: store}
		if err := os.MkdirAll(l.Dir(), 0o700); err != nil {
			t.Fatal(err)
		}
		if mark != "" {
			if err := os.WriteFile(l.MetacopyMark(), []byte(strings.TrimPrefix(mark, "-")), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return l
	}
	fresh, verified, unverified := layer("fresh", ""), layer("verified", verifiedMark), layer("unverified", "-")
	for _, c := range []struct {
		mode   config.Verity
		top    chain.Layer
		sealed bool
		cannot error
		want   mount.Verity
	}{
		{config.VerityRequire, fresh, true, nil, mount.VerityRequire},
		{config.VerityRequire, fresh, false, nil, mount.VerityRequire},
		{config.VerityRequire, fresh, true, os.ErrInvalid, mount.VerityRequire},
		{config.VerityRequire, unverified, true, nil, mount.VerityRequire},
		{config.VerityTry, fresh, true, nil, mount.VerityRequire},
		{config.VerityTry, fresh, false, nil, mount.VerityOff},
		{config.VerityTry, fresh, true, os.ErrInvalid, mount.VerityOff},
		{config.VerityTry, verified, true, nil, mount.VerityRequire},
		{config.VerityTry, unverified, true, nil, mount.VerityOff},
		{config.VerityOff, fresh, true, nil, mount.VerityOff},
	} {
		d := &Driver{conf: &config.Options{Verity: c.mode}, cannotVerify: func() error { return c.cannot }}
		p := &mount.Plan{Upper: "/upper"}
		d.verify(p, c.top, c.sealed)
		if p.Verity != c.want {
			t.Errorf("verity = %q, layer %s, sealed %v, %v: %v, want %v", c.mode, c.top.ID, c.sealed, c.cannot, p.Verity, c.want)
		}
	}
}
