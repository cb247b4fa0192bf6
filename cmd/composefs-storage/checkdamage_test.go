package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/composefs-storage/composefs-storage/driver/upkeep/fsck"
)

// damages are ways to damage a store, with the findings that check must print.
var damages = map[string]struct {
	damage func(c *checkedStore)
	want   []string
	code   int
	left   int // code after a repair without sources
}{
	"nothing": {func(*checkedStore) {}, nil, exitOK, exitOK},
	"flipped byte": {func(c *checkedStore) { c.flip(c.pooled(checkedB)) },
		[]string{"damage: object damaged b layer0+layer1 localhost/app:latest=/again+/usr/b"}, exitDamage, exitDamage},
	"flipped byte in a small file": {func(c *checkedStore) { c.flip(c.pooled("tiny")) },
		[]string{"damage: object damaged tiny layer0 localhost/app:latest=/tiny"}, exitDamage, exitDamage},
	"hidden file": {func(c *checkedStore) { c.flip(c.pooled(checkedA)) },
		[]string{"damage: object damaged a layer0 localhost/app:latest="}, exitDamage, exitDamage},
	"truncated": {func(c *checkedStore) { c.must(os.Truncate(c.pooled(checkedC), 7)) },
		[]string{"damage: object damaged c layer1 localhost/app:latest=/usr/c"}, exitDamage, exitDamage},
	"longer": {func(c *checkedStore) { c.must(os.Truncate(c.pooled(checkedC), 7000)) },
		[]string{"damage: object damaged c layer1 localhost/app:latest=/usr/c"}, exitDamage, exitDamage},
	"missing in the layer": {func(c *checkedStore) { c.must(os.Remove(c.object("layer1", checkedC))) },
		[]string{"damage: object missing c layer1 localhost/app:latest=/usr/c", "info: garbage "}, exitDamage, exitOK},
	"missing in the pool": {func(c *checkedStore) { c.must(os.Remove(c.pooled(checkedC))) },
		[]string{"damage: object missing c layer1 localhost/app:latest=/usr/c"}, exitDamage, exitOK},
	"missing everywhere": {func(c *checkedStore) {
		c.must(os.Remove(c.pooled(checkedC)))
		c.must(os.Remove(c.object("layer1", checkedC)))
	},
		[]string{"damage: object missing c layer1 localhost/app:latest=/usr/c"}, exitDamage, exitDamage},
	"another file in the layer": {func(c *checkedStore) {
		c.must(os.Remove(c.object("layer1", checkedC)))
		c.must(os.WriteFile(c.object("layer1", checkedC), []byte("EVIL"), 0o600))
	}, []string{"damage: object damaged c layer1 localhost/app:latest=/usr/c", "info: garbage "}, exitDamage, exitOK},
	"a symlink for an object": {func(c *checkedStore) {
		c.must(os.Remove(c.pooled(checkedC)))
		c.must(os.Symlink("/etc/passwd", c.pooled(checkedC)))
	}, []string{"damage: object damaged c layer1 localhost/app:latest=/usr/c", "info: garbage "}, exitDamage, exitOK},
	"a copy": {func(c *checkedStore) { // as where a file can have no more links
		c.must(os.Remove(c.object("layer1", checkedC)))
		c.must(os.WriteFile(c.object("layer1", checkedC), []byte(checkedC), 0o600))
	}, []string{"info: garbage "}, exitOK, exitOK},
	"swapped": {func(c *checkedStore) {
		for _, at := range []func(string) string{c.pooled, func(content string) string { return c.object("layer1", content) }} {
			b, other, temp := at(checkedB), at(checkedC), at(checkedB)+".temp"
			c.must(errors.Join(os.Rename(b, temp), os.Rename(other, b), os.Rename(temp, other)))
		}
	}, []string{
		"damage: object damaged b layer0+layer1 localhost/app:latest=/again+/usr/b",
		"damage: object damaged c layer1 localhost/app:latest=/usr/c",
	}, exitDamage, exitOK}, // each is a good copy of the other
	"layer image, a byte": {func(c *checkedStore) { c.flipAt(c.blob("layer1", "composefs.blob"), 900) },
		[]string{"damage: layer image damaged layer1 localhost/app:latest="}, exitDamage, exitDamage},
	"layer image, all": {func(c *checkedStore) { c.must(os.Truncate(c.blob("layer1", "composefs.blob"), 100)) },
		[]string{"damage: layer image damaged layer1 localhost/app:latest="}, exitDamage, exitDamage},
	"layer image of another layer": {func(c *checkedStore) {
		b, err := os.ReadFile(c.blob("layer0", "composefs.blob"))
		c.must(err)
		c.must(os.WriteFile(c.blob("layer1", "composefs.blob"), b, 0o600))
	}, []string{
		"damage: merged image different layer1 localhost/app:latest=",
		"damage: object missing a layer1 localhost/app:latest=/usr/a",
		"damage: object missing tiny layer1 localhost/app:latest=/tiny",
		"info: leaked layer1",
	}, exitDamage, exitDamage},
	"layer gone": {func(c *checkedStore) { c.must(os.RemoveAll(filepath.Join(c.root, "overlay/layer0"))) },
		[]string{"damage: layer missing layer0 localhost/app:latest=", "info: garbage "}, exitDamage, exitDamage},
	"chain cut": {func(c *checkedStore) { // as a power cut does
		c.must(os.Truncate(filepath.Join(c.root, "overlay/layer1/lower"), 0))
	}, []string{"damage: chain different layer1 localhost/app:latest="}, exitDamage, exitOK},
	"chain broken": {func(c *checkedStore) {
		c.must(os.WriteFile(filepath.Join(c.root, "overlay/layer1/lower"), []byte("l/lay"), 0o600))
	}, []string{"damage: chain different layer1 localhost/app:latest="}, exitDamage, exitOK},
	"lower-layers": {func(c *checkedStore) { c.write("layer1/lower-layers", "layer0") }, nil, exitOK, exitOK}, // as podman 6 writes it
	"lower-layers of another chain": {func(c *checkedStore) { c.write("layer0/lower-layers", "layer1") },
		[]string{"damage: chain different layer0 localhost/app:latest="}, exitDamage, exitOK},
	"lower-layers broken": {func(c *checkedStore) { c.write("layer1/lower-layers", "layer0:../layer0") },
		[]string{"damage: chain different layer1 localhost/app:latest="}, exitDamage, exitOK},
	"lower-layers empty": {func(c *checkedStore) { c.write("layer1/lower-layers", "") },
		[]string{"damage: chain different layer1 localhost/app:latest="}, exitDamage, exitOK},
	"lower-layers alone": {func(c *checkedStore) {
		c.write("layer1/lower-layers", "layer0")
		c.must(os.Remove(filepath.Join(c.root, "overlay/layer1/lower")))
	}, []string{"damage: chain different layer1 localhost/app:latest="}, exitDamage, exitOK},
	"both wrong": {func(c *checkedStore) {
		c.write("layer1/lower-layers", "layer1")
		c.write("layer1/lower", "l/layer1")
	}, []string{"damage: chain different layer1 localhost/app:latest="}, exitDamage, exitOK},
	"symlinks lost": {func(c *checkedStore) { c.must(os.RemoveAll(filepath.Join(c.root, "overlay/l"))) }, []string{
		"damage: chain different layer0 localhost/app:latest=",
		"damage: chain different layer1 localhost/app:latest=",
	}, exitDamage, exitOK},
	"symlink to another layer": {func(c *checkedStore) {
		c.must(os.Remove(filepath.Join(c.root, "overlay/l/layer1")))
		c.must(os.Symlink("../layer0/diff", filepath.Join(c.root, "overlay/l/layer1")))
	}, []string{"damage: chain different layer1 localhost/app:latest="}, exitDamage, exitOK},
	"short name lost": {func(c *checkedStore) { c.must(os.Truncate(filepath.Join(c.root, "overlay/layer0/link"), 0)) },
		[]string{"damage: chain different layer0 localhost/app:latest="}, exitDamage, exitOK},
	"merged image": {func(c *checkedStore) { c.flip(c.blob("layer1", "merged.blob")) },
		[]string{"damage: merged image damaged layer1 localhost/app:latest="}, exitDamage, exitOK},
	"merged image, a content": {func(c *checkedStore) { // it can still be read
		image, err := os.ReadFile(c.blob("layer1", "merged.blob"))
		c.must(err)
		c.flipAt(c.blob("layer1", "merged.blob"), int64(bytes.Index(image, []byte("tiny"))))
	}, []string{"damage: merged image damaged layer1 localhost/app:latest="}, exitDamage, exitOK},
	"merged image replaced": {func(c *checkedStore) {
		c.must(os.Remove(c.blob("layer1", "merged.blob")))
		c.must(os.WriteFile(c.blob("layer1", "merged.blob"), []byte("EVIL"), 0o600))
	}, []string{"damage: merged image damaged layer1 localhost/app:latest=", "info: garbage "}, exitDamage, exitOK},
	"garbage": {func(c *checkedStore) {
		c.must(os.MkdirAll(filepath.Dir(c.pooled("garbage")), 0o700))
		c.must(os.WriteFile(c.pooled("garbage"), []byte("garbage"), 0o600))
	}, []string{"info: garbage "}, exitOK, exitOK},
	"damaged garbage": {func(c *checkedStore) {
		c.must(os.MkdirAll(filepath.Dir(c.pooled("garbage")), 0o700))
		c.must(os.WriteFile(c.pooled("garbage"), []byte("EVIL"), 0o600))
	}, []string{"damage: object damaged ", "info: garbage "}, exitDamage, exitOK},
	"leaked": {func(c *checkedStore) {
		c.must(os.MkdirAll(filepath.Dir(c.object("layer0", checkedC)), 0o700))
		c.must(os.Link(c.pooled(checkedC), c.object("layer0", checkedC)))
	},
		[]string{"info: leaked layer0"}, exitOK, exitOK},
	"layer gone that the pool knows": {func(c *checkedStore) {
		c.must(os.MkdirAll(filepath.Join(c.root, "overlay-composefs/layers/gone"), 0o700))
	}, []string{"info: layer gone gone"}, exitOK, exitOK},
}

// TestCheck damages stores, and compares the findings before and after a repair.
func TestCheck(t *testing.T) {
	for name, tc := range damages {
		t.Run(name, func(t *testing.T) {
			c := newCheckedStore(t)
			tc.damage(c)
			if got := toldAll(c.check(tc.code, "--all")); !slices.Equal(got, tc.want) {
				t.Errorf("%q, want %q", got, tc.want)
			}
			repaired := c.check(tc.left, "--all", "--repair")
			for _, f := range repaired.Findings {
				if f.Severity == fsck.Damage && f.Repaired == "" && f.Remedy == "" {
					t.Errorf("%s: neither repaired nor told what to do", told(f))
				}
			}
			if tc.left == exitOK {
				c.check(exitOK, "--all")
			}
		})
	}
}
