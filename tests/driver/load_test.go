//go:build linux

package driver_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/containers/storage/pkg/idtools"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/driver"
	"github.com/composefs-storage/composefs-storage/tests/differ"
	"github.com/composefs-storage/composefs-storage/tests/mounted"
	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/stock"
	"github.com/composefs-storage/composefs-storage/tests/trace"
)

// The tests of this file load layers as containers/storage does since 1.62: it stages a layer without
// its lock, creates the layer, places the staged one, and then removes a staged layer without a place.
// Version 1.59 does all this with its lock, and leaves as little behind.

// load stages the tar of a layer.
func (s *store) load(t testing.TB, parent string, tar io.Reader) stock.Staged {
	t.Helper()
	staged, err := stock.Stage(s.Driver, parent, graphdriver.ApplyDiffOpts{Diff: tar})
	must(t, err)
	return staged
}

// base makes a layer to load others on, and returns the files of the pool.
func (s *store) base(t testing.TB) []string {
	t.Helper()
	s.layer(t, "base", "", layertest.Tar(layertest.File("known", strings.Repeat("known ", 100))))
	return s.objects(t)
}

// TestLoadRemoved removes staged layers that get no place, because the parent is gone or another process
// has loaded the same layer.
func TestLoadRemoved(t *testing.T) {
	s := newStore(t, kind{})
	before := s.base(t)
	first, second := s.load(t, "base", bytes.NewReader(oddLayer())), s.load(t, "base", bytes.NewReader(oddLayer()))
	must(t, first.Remove())
	must(t, second.Remove())
	must(t, second.Remove()) // has no effect
	report(t, "staged", s.staged(t))
	report(t, "pool", differences(before, s.objects(t)))
	s.remove(t, "base")
	report(t, "left in the pool", s.objects(t))
}

// TestLoadMissing places a layer that the store does not have.
func TestLoadMissing(t *testing.T) {
	s := newStore(t, kind{})
	before := s.base(t)
	staged := s.load(t, "base", bytes.NewReader(oddLayer()))
	if _, err := staged.Place("missing"); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "layer missing") {
		t.Errorf("place: %v", err)
	}
	must(t, staged.Remove())
	report(t, "staged", s.staged(t))
	report(t, "pool", differences(before, s.objects(t)))
}

// TestLoadTwice has two drivers load the same layer at a time. The store gives one a place, and removes
// the other.
func TestLoadTwice(t *testing.T) {
	p := newPair(t)
	p.theirs.layer(t, "layer", "", oddLayer())
	other := p.ours.open(t, kind{})
	first, second := p.ours.load(t, "", bytes.NewReader(oddLayer())), other.load(t, "", bytes.NewReader(oddLayer()))
	must(t, p.ours.Create("layer", "", nil))
	_, err := first.Place("layer")
	must(t, errors.Join(err, first.Remove(), second.Remove()))
	p.compare(t, "layer", "layer", times, "ro")
	report(t, "staged", p.ours.staged(t))
	p.ours.remove(t, "layer")
	report(t, "left in the pool", p.ours.objects(t))
}

// TestLoadBroken stages a tar that ends early.
func TestLoadBroken(t *testing.T) {
	s := newStore(t, kind{})
	before := s.base(t)
	tar := bytes.NewReader(oddLayer()[:100_000])
	must(t, s.Create("layer", "base", nil))
	size, err := stock.PutDiff(s.Driver, "layer", "base", graphdriver.ApplyDiffOpts{Diff: tar})
	if err == nil || tar.Len() > 0 {
		t.Errorf("size %d, error %v, %d bytes are not read", size, err, tar.Len())
	}
	s.remove(t, "layer")
	report(t, "staged", s.staged(t))
	report(t, "pool", differences(before, s.objects(t)))
}

// TestLoadAbandoned abandons a staged layer, and another one while its tar is read, as a signal does.
// Neither is left, and the next driver cleans up.
func TestLoadAbandoned(t *testing.T) {
	needs.Root(t)
	trace.Run(t, func(t *testing.T, _ *trace.Tracer) {
		d := newDirs(t)
		s, err := d.tryOpen(t, kind{})
		must(t, err)
		before := s.base(t)
		must(t, s.Create("layer", "base", nil))
		staged := s.load(t, "base", bytes.NewReader(oddLayer()))
		layer := oddLayer()
		half := io.MultiReader(bytes.NewReader(layer[:100_000]), first(func() {
			must(t, driver.Abandon())
			report(t, "staged", s.staged(t))
		}), bytes.NewReader(layer[100_000:]))
		_, err = stock.PutDiff(s.Driver, "layer", "base", graphdriver.ApplyDiffOpts{Diff: half})
		if err == nil {
			t.Error("a layer was loaded after it was abandoned")
		}
		if _, err := staged.Place("layer"); err == nil || !strings.Contains(err.Error(), "interrupted") {
			t.Errorf("place after it was abandoned: %v", err)
		}
		must(t, staged.Remove())
		if err := putTar(s, "layer", "base", oddLayer()); err == nil || !strings.Contains(err.Error(), "interrupted") {
			t.Errorf("another load: %v", err)
		}
		must(t, s.Cleanup())
		s = d.open(t, kind{})
		s.remove(t, "layer")
		report(t, "pool", differences(before, s.objects(t)))
	})
}

// first is a reader without content that calls a function.
type first func()

func (f first) Read([]byte) (int, error) {
	f()
	return 0, io.EOF
}

// putTar gives a new, empty layer the files of a tar.
func putTar(s *store, id, parent string, tar []byte) error {
	_, err := stock.PutDiff(s.Driver, id, parent, graphdriver.ApplyDiffOpts{Diff: bytes.NewReader(tar)})
	return err
}

// TestLoadMapped loads a layer for a user namespace, which stays plain. A later layer with the same ID
// does not get its maps.
func TestLoadMapped(t *testing.T) {
	p := newPair(t)
	maps := []idtools.IDMap{{HostID: 100000, Size: 1000}}
	mappings := idtools.NewIDMappingsFromMaps(maps, maps)
	for _, s := range []*store{p.ours, p.theirs} {
		must(t, s.Create("layer", "", &graphdriver.CreateOpts{IDMappings: mappings}))
		_, err := stock.PutDiff(s.Driver, "layer", "", graphdriver.ApplyDiffOpts{Diff: bytes.NewReader(oddLayer()), Mappings: mappings})
		must(t, err)
	}
	p.compare(t, "mapped", "layer", times, "ro")
	report(t, "pool", p.ours.contents(t))
	p.remove(t, "layer")

	must(t, p.ours.Create("layer", "", &graphdriver.CreateOpts{IDMappings: mappings})) // and nothing fills it
	p.ours.remove(t, "layer")
	must(t, p.pull(t, "layer", "", ways[0], differ.NewMachine(p.ours.path("run")), oddLayer()))
	p.theirs.layer(t, "layer", "", oddLayer())
	p.compare(t, "not mapped", "layer", times, "ro")
}

// TestLoadOnChanged gives layers a place after the owners of the layers below were changed for them. They
// get all files or an error.
func TestLoadOnChanged(t *testing.T) {
	p := newPair(t)
	layer := oddLayer()
	p.layer(t, "base", "", layer, layer)
	maps := []idtools.IDMap{{HostID: 100000, Size: 1000}}
	mappings := idtools.NewIDMappingsFromMaps(maps, maps)
	new := layertest.Tar(layertest.File("added", "added"))
	for name, put := range map[string]func(s *store) error{
		"load": func(s *store) error { return putTar(s, "top", "base", new) },
		"pull": func(s *store) error {
			out, err := s.stage(&differ.Raw{Blob: new})
			must(t, err)
			return s.apply("top", "base", out)
		},
	} {
		must(t, p.ours.Create("top", "base", nil))
		must(t, p.ours.UpdateLayerIDMap("top", nil, mappings, ""))
		err := put(p.ours)
		if err == nil {
			if _, err := os.Lstat(filepath.Join(p.ours.home(), "top", "diff", "added")); err != nil {
				t.Errorf("%s: no error, and %v", name, err)
			}
		} else if !strings.Contains(err.Error(), "has to stay plain") {
			t.Errorf("%s: %v", name, err)
		}
		p.ours.remove(t, "top")
		report(t, name+": staged", p.ours.staged(t))
	}
}

// TestLoadWritable loads a layer that can be written to, as containers-storage import-layer makes it,
// while another store has the layers of images. The store of images gets nothing of it.
func TestLoadWritable(t *testing.T) {
	dirs := newDirs(t)
	images := dirs.path("images")
	must(t, os.MkdirAll(images, 0o700))
	s := dirs.open(t, kind{images: images})
	must(t, s.Create("image", "", nil)) // makes the directory of the store of images
	must(t, s.CreateReadWrite("layer", "", nil))
	if err := putTar(s, "layer", "", oddLayer()); err == nil {
		theirs := newStore(t, kind{stock: true})
		theirs.layer(t, "layer", "", oddLayer())
		report(t, "layer", mounted.Compare(s.read(t, "layer", "ro"), theirs.read(t, "layer", "ro"), times))
	} else if !strings.Contains(err.Error(), "only read-only layers") {
		t.Errorf("load: %v", err)
	}
	report(t, "left in the pool of images", listFiles(t, filepath.Join(images, "overlay-composefs"), "lock"))
	s.remove(t, "layer")
	report(t, "left in the pool", s.objects(t))
}

// TestLoadLost loads a layer with a payload that the tar-split of containers/storage loses, and one
// without. Only the first causes a warning.
func TestLoadLost(t *testing.T) {
	s := newStore(t, kind{})
	heard := logged(t)
	s.layer(t, "sound", "", oddLayer())
	if len(*heard) > 0 {
		t.Errorf("warned of a sound layer: %q", *heard)
	}
	s.layer(t, "lost", "", layertest.Tar(layertest.File(".wh.gone", "content"), layertest.File("f", "f")))
	const want = `layer lost cannot be saved, pushed or checked: entry ".wh.gone" is a whiteout with a content (1 of 1 such entries)`
	if len(*heard) != 1 || !strings.Contains((*heard)[0], want) {
		t.Errorf("warned: %q", *heard)
	}
}
