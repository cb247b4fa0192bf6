package driver

import (
	"testing"

	graphdriver "github.com/containers/storage/drivers"

	"github.com/composefs-storage/composefs-storage/driver/chain"
)

// TestPlan checks what of a mount's options gets into its plan, also where the machine
// lacks what would show it, such as SELinux.
func TestPlan(t *testing.T) {
	here := chain.Store{Home: "/h"}
	container := chain.Layer{ID: "c", Store: here, Diffs: []string{"/h/c/diff"}}
	image := chain.Layer{ID: "i", Store: here, Composefs: true}
	plain := chain.Layer{ID: "p", Store: here, Diffs: []string{"/h/p/diff"}}
	beside := chain.Layer{ID: "b", Store: chain.Store{Home: "/other"}, Diffs: []string{"/other/b/diff"}}
	upper := ` upper="/h/c/diff" work="/h/c/work"`
	for _, c := range []struct {
		name    string
		chain   chain.Chain
		global  []string
		options graphdriver.MountOpts
		want    string // "" for an error
	}{
		{"nothing", chain.Chain{container, image}, nil, graphdriver.MountOpts{}, upper},
		{"label", chain.Chain{container, image}, nil, graphdriver.MountOpts{MountLabel: "l:c1,c2"}, upper + ` context="l:c1,c2"`},
		{"volatile", chain.Chain{container, image}, nil, graphdriver.MountOpts{Volatile: true}, upper + " volatile"},
		{"volatile by option", chain.Chain{container, image}, nil, graphdriver.MountOpts{Options: []string{"volatile"}}, upper + " volatile"},
		{"read-only", chain.Chain{container, image}, nil, graphdriver.MountOpts{Options: []string{"ro"}, Volatile: true}, " ro"},
		{"image", chain.Chain{image}, nil, graphdriver.MountOpts{Options: []string{"ro"}, MountLabel: "l"}, ` ro context="l"`},
		{"image, writable", chain.Chain{image}, nil, graphdriver.MountOpts{}, ""},
		{"of another store", chain.Chain{beside, image}, nil, graphdriver.MountOpts{}, " ro"},
		{"global option", chain.Chain{container, image}, []string{"nodev"}, graphdriver.MountOpts{}, upper + " nodev"},
		{"own option instead", chain.Chain{container, image}, []string{"nodev"}, graphdriver.MountOpts{Options: []string{"noexec"}}, upper + " noexec"},
		{"overlayfs's", chain.Chain{container, image}, nil, graphdriver.MountOpts{Options: []string{"metacopy=on", "index=off", ""}}, upper},
		{"unknown", chain.Chain{container, image}, nil, graphdriver.MountOpts{Options: []string{"nosuch"}}, ""},
		{"mixed", chain.Chain{container, image, plain}, nil, graphdriver.MountOpts{}, upper + " metacopy"},
		{"image lowest", chain.Chain{container, plain, image}, nil, graphdriver.MountOpts{}, upper},
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
