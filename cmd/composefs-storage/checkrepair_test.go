package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/objects"
)

// TestCheckRepair repairs one flipped byte from each source, which writes that file only.
func TestCheckRepair(t *testing.T) {
	for name, source := range map[string]func(c *checkedStore) []string{
		"another store": func(c *checkedStore) []string {
			other := filepath.Join(c.t.TempDir(), "other")
			path := filepath.Join(other, "overlay-composefs/objects", objects.Path(digest(checkedB)))
			c.must(os.MkdirAll(filepath.Dir(path), 0o700))
			c.must(os.WriteFile(path, []byte(checkedB), 0o600))
			return []string{"--from-store", other}
		},
		"a tar": func(c *checkedStore) []string { return []string{"--from", c.tar(0)} },
		"the second tar": func(c *checkedStore) []string {
			wrong := filepath.Join(c.t.TempDir(), "wrong.tar")
			c.must(os.WriteFile(wrong, layertest.Tar(layertest.File("usr/b", checkedC)), 0o600))
			return []string{"--from", wrong, "--from", c.tar(1)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCheckedStore(t)
			args := append([]string{"--all", "--repair"}, source(c)...)
			c.flip(c.pooled(checkedB))
			before := c.state()
			c.check(exitOK, args...)
			after := c.state()
			names := []string{c.pooled(checkedB), c.object("layer0", checkedB), c.object("layer1", checkedB)}
			for path, st := range after {
				switch same := st == before[path]; {
				case slices.Contains(names, path):
					if same || st.Nlink != 3 || st.Ino != after[names[0]].Ino {
						t.Errorf("%s was not replaced: %+v", path, st)
					}
				case !same:
					t.Errorf("%s has changed: %+v, was %+v", path, st, before[path])
				}
			}
			if len(after) != len(before) {
				t.Errorf("%d files, had %d", len(after), len(before))
			}
			if r := c.check(exitOK, "--all"); len(r.Findings) > 0 {
				t.Errorf("after the repair: %q", toldAll(r))
			}
		})
	}
}

// TestCheckRebuild converts a layer again whose image is damaged.
func TestCheckRebuild(t *testing.T) {
	c := newCheckedStore(t)
	before, err := os.ReadFile(c.blob("layer0", "composefs.blob"))
	c.must(err)
	c.must(os.Truncate(c.blob("layer0", "composefs.blob"), 50))
	c.check(exitDamage, "app", "--repair", "--from", c.tar(1)) // another layer's
	c.check(exitOK, "app", "--repair", "--from", c.tar(0))
	if after, err := os.ReadFile(c.blob("layer0", "composefs.blob")); err != nil || !bytes.Equal(before, after) {
		t.Errorf("%d bytes, %v, were %d", len(after), err, len(before))
	}
	if r := c.check(exitOK, "--all"); len(r.Findings) > 0 {
		t.Errorf("after the repair: %q", toldAll(r))
	}
}

// TestCheckNext damages an object of which there is no copy: a repair without any leaves it to
// the next layer that has it.
func TestCheckNext(t *testing.T) {
	c := newCheckedStore(t)
	c.flip(c.pooled(checkedB))
	c.check(exitDamage, "app", "--repair")
	if _, err := os.Lstat(c.pooled(checkedB)); !os.IsNotExist(err) {
		t.Errorf("the damaged object is still in the pool: %v", err)
	}
	dir := t.TempDir()
	call(t, "convert-layer", c.tar(1), "--pool", filepath.Join(c.root, "overlay-composefs"), "--image", filepath.Join(dir, "image"))
	c.check(exitOK, "app")
	for _, layer := range []string{"layer0", "layer1"} {
		a, err := os.Stat(c.object(layer, checkedB))
		c.must(err)
		b, err := os.Stat(c.pooled(checkedB))
		c.must(err)
		if !os.SameFile(a, b) {
			t.Errorf("%s has another file than the pool", layer)
		}
	}
}
