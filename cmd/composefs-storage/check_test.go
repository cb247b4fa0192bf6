package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/upkeep/fsck"
	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// Contents of the layers of a checkedStore.
var (
	checkedA = strings.Repeat("content a\n", 30_000) // read in several pieces
	checkedB = strings.Repeat("content b\n", 500)
	checkedC = strings.Repeat("content c\n", 500) // as long as b
)

// checkedStore is a store with two layers and their merged image.
type checkedStore struct {
	t    *testing.T
	root string
	tars [][]byte
}

func newCheckedStore(t *testing.T) *checkedStore {
	t.Helper()
	needs.Root(t)
	c := &checkedStore{t: t, tars: [][]byte{
		layertest.Tar(layertest.Dir("usr/"), layertest.File("usr/a", checkedA), layertest.File("usr/b", checkedB), layertest.File("tiny", "tiny"), layertest.File("empty", "")),
		layertest.Tar(layertest.File("again", checkedB), layertest.File("usr/c", checkedC), layertest.File("usr/.wh.a", "")),
	}}
	c.root = newStore(t, c.tars...)
	call(t, "prepare", "app")
	return c
}

func digest(content string) verity.Digest { return verity.Sum([]byte(content)) }

func (c *checkedStore) pooled(content string) string {
	return filepath.Join(c.root, "overlay-composefs/objects", objects.Path(digest(content)))
}

func (c *checkedStore) object(layer, content string) string {
	return filepath.Join(c.root, "overlay", layer, "diff", objects.Path(digest(content)))
}

func (c *checkedStore) blob(layer, name string) string {
	return filepath.Join(c.root, "overlay", layer, "composefs-data", name)
}

// check runs the command, which must end with that code, and returns what it says.
func (c *checkedStore) check(code int, args ...string) *fsck.Report {
	c.t.Helper()
	var out, complaints bytes.Buffer
	if got := run(append([]string{"composefs-storage", "check", "--json"}, args...), streams{nil, &out, &complaints}); got != code {
		c.t.Fatalf("check %s: exit code %d, want %d: %s%s", args, got, code, complaints.String(), out.String())
	}
	r := &fsck.Report{}
	if err := json.Unmarshal(out.Bytes(), r); err != nil {
		c.t.Fatal(err)
	}
	return r
}

// flip changes a byte of a file in the middle and nothing else of it.
func (c *checkedStore) flip(path string) { c.flipAt(path, -1) }

func (c *checkedStore) flipAt(path string, at int64) {
	c.t.Helper()
	info, err := os.Stat(path)
	c.must(err)
	if at < 0 {
		at = info.Size() / 2
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	c.must(err)
	b := []byte{0}
	_, err = f.ReadAt(b, at)
	c.must(err)
	b[0] ^= 0x20
	_, err = f.WriteAt(b, at)
	c.must(err)
	c.must(f.Close())
	c.must(os.Chtimes(path, info.ModTime(), info.ModTime()))
}

func (c *checkedStore) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// write gives a file below the layers a content.
func (c *checkedStore) write(name, content string) {
	c.must(os.WriteFile(filepath.Join(c.root, "overlay", name), []byte(content), 0o600))
}

// told is what a test looks at of a finding: kind, object and the files of the image.
func told(f *fsck.Finding) string {
	words := []string{string(f.Severity) + ": " + string(f.Kind)}
	for name, content := range map[string]string{"a": checkedA, "b": checkedB, "c": checkedC, "tiny": "tiny"} {
		if f.Object == objects.Path(digest(content)) {
			words = append(words, name)
		}
	}
	words = append(words, strings.Join(f.Layers, "+"))
	for _, u := range f.Uses {
		words = append(words, strings.Join(u.Names, "+")+"="+strings.Join(u.Files, "+"))
	}
	return strings.Join(words, " ")
}

func toldAll(r *fsck.Report) (all []string) {
	for _, f := range r.Findings {
		all = append(all, told(f))
	}
	return all
}

// damages are ways to damage a store, and what check is to say of it.
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

// TestCheck damages stores, and looks at what is said before and after a repair.
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

// TestCheckUsage looks at exit codes of what is no check.
func TestCheckUsage(t *testing.T) {
	newCheckedStore(t)
	for _, tc := range []struct {
		args string
		code int
	}{
		{"", exitUsage}, {"--all app", exitUsage}, {"--rate x --all", exitUsage}, {"--rate 0 --all", exitUsage},
		{"--all --from x", exitUsage}, {"unknown", exitFailed}, {"--root /nonexistent --all", exitOK},
		{"app", exitOK}, {"--rate 100M app", exitOK},
	} {
		var out, complaints bytes.Buffer
		if got := run(append([]string{"composefs-storage", "check"}, strings.Fields(tc.args)...), streams{nil, &out, &complaints}); got != tc.code {
			t.Errorf("%s: exit code %d, want %d: %s", tc.args, got, tc.code, complaints.String())
		}
	}
}

// TestCheckPrint looks at what is printed.
func TestCheckPrint(t *testing.T) {
	c := newCheckedStore(t)
	c.flip(c.pooled(checkedB))
	var out, complaints bytes.Buffer
	run([]string{"composefs-storage", "check", "app"}, streams{nil, &out, &complaints})
	damaged, err := os.ReadFile(c.pooled(checkedB))
	c.must(err)
	want := "damage: object damaged " + digest(checkedB).String() + ": its content has digest " + digest(string(damaged)).String() + `
  layer layer0
  layer layer1
  file of the store ` + c.object("layer0", checkedB) + `
  file of the store ` + c.object("layer1", checkedB) + `
  file of the store ` + c.pooled(checkedB) + `
  in image localhost/app:latest
    /again
    /usr/b
checked: 1 images, 2 layers, 1 merged images, 4 objects with 310 kB in `
	if got := out.String(); !strings.HasPrefix(got, want) || !strings.HasSuffix(got, " s\nfound: 1 damaged, 0 repaired, 0 warnings\n") {
		t.Errorf("%s\nwant\n%s…", got, want)
	}
}

// state is what is in a store, by name, but for directories.
func (c *checkedStore) state() map[string]syscall.Stat_t {
	all := map[string]syscall.Stat_t{}
	c.must(filepath.WalkDir(c.root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			st := *info.Sys().(*syscall.Stat_t)
			st.Atim, st.Ctim = syscall.Timespec{}, syscall.Timespec{}
			all[path] = st
		}
		return err
	}))
	return all
}

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

func (c *checkedStore) tar(i int) string {
	path := filepath.Join(c.t.TempDir(), "layer.tar")
	c.must(os.WriteFile(path, c.tars[i], 0o600))
	return path
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
