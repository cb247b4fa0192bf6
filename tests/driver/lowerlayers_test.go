//go:build linux

package driver_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	graphdriver "github.com/containers/storage/drivers"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/mounted"
)

// newer rewrites the files of a layer by hand, as containers/storage 1.63 and what befalls
// a store leave them. below are the IDs of the layers below, the nearest first.
type newer func(t *testing.T, s *store, id string, below []string)

func (s *store) write(t testing.TB, text string, names ...string) {
	t.Helper()
	must(t, os.WriteFile(filepath.Join(append([]string{s.home()}, names...)...), []byte(text), 0o666))
}

func (s *store) delete(t testing.TB, names ...string) {
	t.Helper()
	must(t, os.RemoveAll(filepath.Join(append([]string{s.home()}, names...)...)))
}

func beside(t *testing.T, s *store, id string, below []string) {
	s.write(t, strings.Join(below, ":"), id, "lower-layers")
}

var newerFiles = []struct {
	name  string
	write newer
}{
	{"beside", beside},
	{"alone", func(t *testing.T, s *store, id string, below []string) {
		beside(t, s, id, below)
		s.delete(t, id, "lower")
	}},
	{"empty", func(t *testing.T, s *store, id string, _ []string) { s.write(t, "", id, "lower-layers") }},
	{"beside empty lower", func(t *testing.T, s *store, id string, below []string) {
		beside(t, s, id, below)
		s.write(t, "", id, "lower")
	}},
	{"contradiction", func(t *testing.T, s *store, id string, below []string) {
		beside(t, s, id, below)
		link, err := os.ReadFile(filepath.Join(s.home(), "base", "link"))
		must(t, err)
		s.write(t, "l/"+string(link), id, "lower")
	}},
	{"no symlinks", func(t *testing.T, s *store, id string, below []string) {
		beside(t, s, id, below)
		s.delete(t, "l")
	}},
	{"no symlinks, lower only", func(t *testing.T, s *store, id string, below []string) { // as before 1.63
		s.delete(t, "l")
		for _, id := range append([]string{id}, below...) {
			s.delete(t, id, "lower-layers")
		}
	}},
}

// chained are layers of which each hides something of the one below.
var chained = []struct {
	id  string
	tar []byte
}{
	{"base", layertest.Tar(layertest.Dir("d"), layertest.File("d/base", "base"), layertest.File("f", "base"), layertest.File("gone", "gone"))},
	{"middle", layertest.Tar(layertest.File("d/middle", strings.Repeat("middle", 50)), layertest.File("f", "middle"), layertest.File(".wh.gone", ""))},
	{"top", layertest.Tar(layertest.File("d/top", strings.Repeat("top", 50)), layertest.File("f", "top"))},
}

// TestLowerLayers mounts layers whose files name the layers below by their IDs, as those of podman 6
// do. The judge is a store with unchanged files.
func TestLowerLayers(t *testing.T) {
	for _, k := range []struct {
		name  string
		kind  kind
		mixed bool // the lowest layer is plain
	}{
		{"composefs", kind{}, false},
		{"mixed", kind{}, true},
		{"plain", kind{off: true}, false},
		{"stock", kind{options: []string{"overlay.ignore_chown_errors=true"}}, false}, // with which composefs is unusable
	} {
		for _, f := range newerFiles {
			t.Run(k.name+"/"+f.name, func(t *testing.T) {
				dirs := newDirs(t)
				p := pair{dirs.open(t, k.kind), newStore(t, kind{stock: true})}
				lowest := p.ours
				if k.mixed {
					lowest = dirs.open(t, kind{off: true})
				}
				parent := ""
				for _, l := range chained {
					lowest.layer(t, l.id, parent, l.tar)
					p.theirs.layer(t, l.id, parent, l.tar)
					parent, lowest = l.id, p.ours
				}
				f.write(t, p.ours, "top", []string{"middle", "base"})
				p.useNewer(t)
				report(t, "left in the pool", dirs.objects(t))
			})
		}
	}
}

// useNewer uses the layers as podman would, and removes them.
func (p pair) useNewer(t *testing.T) {
	for _, s := range []*store{p.ours, p.theirs} {
		must(t, s.CreateReadWrite("container", "top", nil)) // before anything mounts the top layer
	}
	p.compare(t, "container", "container", times)
	p.compare(t, "top", "top", times, "ro")
	for _, s := range []*store{p.ours, p.theirs} {
		dir := s.get(t, "container")
		must(t, os.WriteFile(filepath.Join(dir, "d", "new"), []byte("new"), 0o600))
		must(t, os.Chtimes(filepath.Join(dir, "d", "new"), time.Unix(9, 0), time.Unix(9, 0)))
		must(t, os.Remove(filepath.Join(dir, "d", "base")))
		s.put(t, "container")
	}
	p.sameDiff(t, "container", "container", "top", newNormal(nil, p.theirs.read(t, "top", "ro")))
	layer := p.theirs.diff(t, "container", "top")
	p.ours.layer(t, "commit", "top", layer)
	p.theirs.layer(t, "commit", "top", layer)
	p.compare(t, "commit", "commit", times, "ro")
	other := p.ours.open(t, kind{stock: true}) // as the containers/storage that we build on
	pair{other, p.theirs}.compare(t, "container, by stock", "container", times)
	p.remove(t, "base", "middle", "top", "container", "commit")
}

// TestInheritLowerLayers makes layers on a layer of podman 6, which prefers lower-layers to lower. On
// other layers they have what the stock driver gives them.
func TestInheritLowerLayers(t *testing.T) {
	p := newImage(t)
	p.theirs.layer(t, "plain", "base", small)
	usual, _ := os.ReadFile(filepath.Join(p.theirs.home(), "plain", "lower-layers"))
	beside(t, p.ours, "top", []string{"base"})
	must(t, p.ours.CreateReadWrite("container", "top", nil))
	must(t, p.ours.CreateFromTemplate("template", "top", nil, "base", nil, nil, false))
	p.ours.layer(t, "next", "top", small)
	p.ours.layer(t, "another", "", small) // has no parent
	p.ours.layer(t, "plain", "base", small)
	for id, want := range map[string]string{"container": "top:base", "template": "top:base", "next": "top:base", "another": "", "plain": string(usual)} {
		got, _ := os.ReadFile(filepath.Join(p.ours.home(), id, "lower-layers"))
		if string(got) != want {
			t.Errorf("lower-layers of %s is %q, want %q", id, got, want)
		}
	}
}

// TestBadLowerLayers has files that name no layers. Nothing is mounted then, and the
// error has the next step.
func TestBadLowerLayers(t *testing.T) {
	for _, k := range []kind{{}, {off: true}, {options: []string{"overlay.ignore_chown_errors=true"}}} {
		p := pair{newStore(t, k), newStore(t, kind{stock: true})}
		p.layer(t, "base", "", small, small)
		p.layer(t, "top", "base", small, small)
		for name, text := range map[string]string{
			"unknown": "none", "twice": "base:base", "itself": "top", "path": "../overlay/base", "colon": "base:", "long": strings.Repeat("base/", 50000),
		} {
			p.ours.write(t, text, "top", "lower-layers")
			if dir, err := p.ours.Get("top", graphdriver.MountOpts{Options: []string{"ro"}}); err == nil {
				t.Errorf("%s: it is mounted on %s", name, dir)
				p.ours.put(t, "top")
			} else if said := err.Error(); !strings.Contains(said, "composefs-storage check") || !strings.Contains(said, "top") || len(said) > 600 {
				t.Errorf("%s: %v", name, err)
			}
			if err := p.ours.CreateReadWrite("container", "top", nil); err == nil {
				t.Errorf("%s: a container can be made on it", name)
			} else if slices.ContainsFunc(p.ours.names(t), func(file string) bool { return strings.Contains(file, "container") }) {
				t.Errorf("%s: left after %v: %v", name, err, p.ours.names(t))
			}
		}
		report(t, "mounted", p.ours.mounts(t))
		p.remove(t, "base", "top")
	}
}

// TestLowerLayersAdditional reads such layers from a store that must not be written to.
// Where the stock driver would follow a wrong "lower" there, nothing is mounted. A container for which
// it needs lost symlinks there cannot be made.
func TestLowerLayersAdditional(t *testing.T) {
	theirs := newStore(t, kind{stock: true})
	for i, l := range chained {
		theirs.layer(t, l.id, []string{"", "base", "middle"}[i], l.tar)
	}
	for _, k := range []struct {
		name string
		kind kind
	}{{"composefs", kind{}}, {"plain", kind{off: true}}} {
		for _, f := range newerFiles {
			t.Run(k.name+"/"+f.name, func(t *testing.T) {
				dirs := newDirs(t)
				filler := dirs.open(t, k.kind)
				for i, l := range chained {
					filler.layer(t, l.id, []string{"", "base", "middle"}[i], l.tar)
				}
				f.write(t, filler, "top", []string{"middle", "base"})
				before := listing(t, dirs.root())
				additional := []string{"overlay.imagestore=" + dirs.share(t)}
				s := newStore(t, kind{off: k.kind.off, options: additional})
				if err := s.CreateReadWrite("box", "top", nil); err != nil { // since 1.63
					if newStore(t, kind{stock: true, options: additional}).CreateReadWrite("box", "top", nil) == nil {
						t.Errorf("the stock driver can: %v", err)
					}
					return
				}
				for id, options := range map[string][]string{"top": {"ro"}, "box": nil} {
					_, err := s.Get(id, graphdriver.MountOpts{Options: options})
					if err != nil && k.kind.off { // the tree is right, or there is none
						continue
					}
					must(t, err)
					s.put(t, id)
					report(t, id, mounted.Compare(s.read(t, id, options...), theirs.read(t, "top", "ro"), times))
				}
				s.remove(t, "box")
				report(t, "store", differences(listing(t, dirs.root()), before))
			})
		}
	}
}
