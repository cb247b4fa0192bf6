package mount_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
)

func TestString(t *testing.T) {
	digest := verity.NewDigest("\xab" + strings.Repeat("\x00", 31))
	image := &mount.Image{Path: "/i m", Digest: &digest, Backing: mount.BackingLoop}
	for _, tc := range []struct {
		name string
		plan mount.Plan
		want string
	}{
		{"least", mount.Plan{Lowers: []mount.Layer{{Dir: "/a"}, {Dir: "/b,c", Unmapped: true}}}, `composefs: lower=dir:"/a",unmapped dir:"/b,c"`},
		{"without root", mount.Plan{Lowers: []mount.Layer{{Dir: "/a"}}, Data: []string{"/o"}, UserXattr: true}, `composefs: lower=dir:"/a" data="/o" userxattr`},
		{
			"most",
			mount.Plan{
				Source: "x", Lowers: []mount.Layer{{Image: image}, {File: os.Stdin}}, Data: []string{"/o", "/p"},
				Upper: "/u", Work: "/w", Attrs: mount.NoDev | mount.ReadOnly, Volatile: true, Metacopy: true,
				Xino: mount.XinoOn, Verity: mount.VerityRequire, Label: "l:c1,c2", UserNS: os.Stdin,
			},
			`x: lower=image:"/i m"+loop+sha256:ab` + strings.Repeat("0", 62) + `,open:"/dev/stdin" data="/o","/p" upper="/u" work="/w" ` +
				`ro,nodev volatile metacopy xino=on verity=require context="l:c1,c2" idmapped`,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := tc.plan.String(); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
			if err := tc.plan.Validate(); err != nil {
				t.Errorf("Validate: %v", err)
			}
		})
	}
}

func TestValidate(t *testing.T) {
	two := []mount.Layer{{Dir: "/a"}, {Dir: "/b"}}
	for _, tc := range []struct {
		name string
		plan mount.Plan
		want string
	}{
		{"nothing", mount.Plan{}, "no lower layer"},
		{"single", mount.Plan{Lowers: two[:1]}, "a single lower layer"},
		{"too many", mount.Plan{Lowers: slices.Repeat(two, 250), Data: []string{"/o"}}, "501 lower layers, overlayfs takes at most 500"},
		{"upper alone", mount.Plan{Lowers: two, Upper: "/u"}, "come together"},
		{"volatile", mount.Plan{Lowers: two, Volatile: true}, "volatile without"},
		{"verity", mount.Plan{Lowers: two, Verity: 7}, "no such verity mode: 7"},
		{"metacopy and userxattr", mount.Plan{Lowers: two, Metacopy: true, UserXattr: true}, "userxattr and metacopy"},
		{"xino", mount.Plan{Lowers: two, Xino: "yes"}, "xino=yes: use on, auto or off"},
		{"attributes", mount.Plan{Lowers: two, Attrs: 1 << 40}, "no such mount attributes"},
		{"layer of no kind", mount.Plan{Lowers: []mount.Layer{{Dir: "/a"}, {}}}, "is one of"},
		{"layer of two kinds", mount.Plan{Lowers: []mount.Layer{{Dir: "/a"}, {Dir: "/b", File: os.Stdin}}}, "is one of"},
		{"image without path", mount.Plan{Lowers: []mount.Layer{{Image: &mount.Image{}}}, Data: []string{"/o"}}, "image without a path"},
		{"backing", mount.Plan{Lowers: []mount.Layer{{Image: &mount.Image{Path: "/i", Backing: 3}}}, Data: []string{"/o"}}, "no such backing"},
		{"zero in layer", mount.Plan{Lowers: []mount.Layer{{Dir: "/a"}, {Dir: "/b\x00"}}}, `lower layer "/b\x00" has a zero byte`},
		{"zero in data", mount.Plan{Lowers: two, Data: []string{"\x00"}}, "data-only layer"},
		{"zero in label", mount.Plan{Lowers: two, Label: "\x00"}, "label"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := tc.plan.Validate()
			if !errors.Is(err, mount.ErrPlan) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
	if err := (&mount.Plan{Lowers: slices.Repeat(two, 250)}).Validate(); err != nil {
		t.Errorf("500 layers: %v", err)
	}
}

func TestAttrs(t *testing.T) {
	var a mount.Attrs
	for _, step := range []struct{ option, want string }{
		{"ro", "ro"}, {"nodev", "ro,nodev"}, {"noatime", "ro,nodev,noatime"}, {"strictatime", "ro,nodev,strictatime"},
		{"relatime", "ro,nodev"}, {"dev", "ro"}, {"rw", "rw"}, {"nosymfollow", "nosymfollow"},
	} {
		var ok bool
		if a, ok = a.With(step.option); !ok || a.String() != step.want {
			t.Errorf("%s: %s, %v, want %s", step.option, a, ok, step.want)
		}
	}
	if got, ok := a.With("volatile"); ok || got != a {
		t.Errorf("volatile is taken for an attribute")
	}
}
