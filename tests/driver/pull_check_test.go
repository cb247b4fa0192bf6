//go:build linux

package driver_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/opencontainers/go-digest"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/catalog"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/upkeep/fsck"
	"github.com/composefs-storage/composefs-storage/tests/differ"
	"github.com/composefs-storage/composefs-storage/tests/mounted"
)

// pulledStore is a store with an image, of which each layer was pulled in another way.
type pulledStore struct {
	*store
	layers []string // bottom first
	tars   [][]byte
}

// content returns the content of the file that only layer i has.
func content(i int) string { return strings.Repeat("content of "+ways[i].name+" ", 1000) }

func newPulledStore(t testing.TB, p pair) pulledStore {
	t.Helper()
	s := pulledStore{store: p.ours}
	m, parent := differ.NewMachine(s.path("run")), ""
	var list []map[string]any
	for i, w := range ways {
		layer := layertest.Tar(layertest.Dir("d"), layertest.File("d/"+w.name, content(i)), layertest.File("same", w.name+content(0)), layertest.File(".wh.gone"+w.name, ""))
		must(t, p.pull(t, w.name, parent, w, m, layer))
		list = append(list, map[string]any{"id": w.name, "parent": parent, "diff-digest": digest.FromBytes(layer)})
		s.layers, s.tars, parent = append(s.layers, w.name), append(s.tars, layer), w.name
	}
	s.record(t, "layers", list)
	s.record(t, "images", []map[string]any{{"id": strings.Repeat("1", 64), "layer": parent, "names": []string{"localhost/app:latest"}}})
	s.read(t, parent, "ro")
	return s
}

// record writes a list of containers/storage, of layers or images.
func (d dirs) record(t testing.TB, kind string, list any) {
	t.Helper()
	text, err := json.Marshal(list)
	must(t, err)
	must(t, os.MkdirAll(d.home()+"-"+kind, 0o700))
	must(t, os.WriteFile(d.home()+"-"+kind+"/"+kind+".json", text, 0o600))
}

// options returns those of a check of the whole store.
func (s pulledStore) options(t testing.TB) fsck.Options {
	t.Helper()
	stores := &chain.Stores{Primary: chain.Store{Home: s.home()}}
	list, err := catalog.Read(stores)
	must(t, err)
	return fsck.Options{Stores: stores, Images: list.Images(), All: true, Root: s.root()}
}

// check checks the store, or repairs it from other stores. It returns the kinds of damage that are left.
func (s pulledStore) check(t testing.TB, repair bool, from ...string) []fsck.Kind {
	t.Helper()
	if repair {
		return s.repair(t, fsck.Sources{Stores: from})
	}
	report, err := fsck.Check(t.Context(), s.options(t))
	must(t, err)
	return damageIn(report)
}

func (s pulledStore) repair(t testing.TB, from fsck.Sources) []fsck.Kind {
	t.Helper()
	report, err := fsck.Repair(t.Context(), s.options(t), from)
	must(t, err)
	return damageIn(report)
}

// damageIn returns the kinds of damage in a report that is not repaired.
func damageIn(report *fsck.Report) (kinds []fsck.Kind) {
	for _, f := range report.Findings {
		if f.Severity == fsck.Damage && f.Repaired == "" {
			kinds = append(kinds, f.Kind)
		}
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// object returns the object in the pool that only layer i has.
func (s pulledStore) object(i int) string {
	return filepath.Join(s.pool(), "objects", objects.Path(verity.Sum([]byte(content(i)))))
}

// TestPullChecked checks pulled layers, damages the store, and repairs it with another store that has
// pulled the same layers. The image shows the same again.
func TestPullChecked(t *testing.T) {
	p := newPair(t)
	s := newPulledStore(t, p)
	other := newPulledStore(t, pair{newStore(t, kind{}), p.theirs})
	if found := s.check(t, false); len(found) > 0 {
		t.Errorf("a sound store has %q", found)
	}
	before := s.read(t, "chunked", "ro")
	flip(t, s.object(0))
	must(t, os.Remove(s.object(1)))
	must(t, os.Truncate(s.object(2), 5))
	must(t, os.Truncate(s.home()+"/chunked/lower", 0))
	must(t, os.Truncate(s.home()+"/chunked/composefs-data/merged.blob", 100))
	want := []fsck.Kind{fsck.ChainDifferent, fsck.MergedDamaged, fsck.ObjectDamaged, fsck.ObjectMissing}
	for range 2 { // a check changes nothing
		if found := s.check(t, false); !slices.Equal(found, want) {
			t.Errorf("a damaged store has %q, want %q", found, want)
		}
	}
	if left := s.check(t, true, other.root()); len(left) > 0 {
		t.Errorf("the repair leaves %q", left)
	}
	if found := s.check(t, false); len(found) > 0 {
		t.Errorf("after the repair there is %q", found)
	}
	report(t, "after the repair", mounted.Compare(s.read(t, "chunked", "ro"), before, mounted.Allow{}))
}

// TestPullRepaired repairs a damaged object and a damaged layer image from the tars of the layers. A
// content without a good copy loses its name, and the next layer with that content restores it.
func TestPullRepaired(t *testing.T) {
	p := newPair(t)
	s := newPulledStore(t, p)
	before := s.read(t, "chunked", "ro")
	from := fsck.Sources{Images: []string{s.path("missing.tar")}}
	for i, tar := range s.tars {
		from.Images = append(from.Images, s.path(s.layers[i]+".tar"))
		must(t, os.WriteFile(from.Images[i+1], tar, 0o600))
	}
	flip(t, s.object(0))
	must(t, os.Truncate(s.home()+"/gzip/composefs-data/composefs.blob", 100))
	want := []fsck.Kind{fsck.ImageDamaged, fsck.ObjectDamaged}
	if found := s.check(t, false); !slices.Equal(found, want) {
		t.Errorf("a damaged store has %q, want %q", found, want)
	}
	if left := s.repair(t, from); len(left) > 0 {
		t.Errorf("the repair leaves %q", left)
	}
	if found := s.check(t, false); len(found) > 0 {
		t.Errorf("after the repair there is %q", found)
	}

	flip(t, s.object(1))
	if left, want := s.repair(t, fsck.Sources{}), []fsck.Kind{fsck.ObjectDamaged}; !slices.Equal(left, want) {
		t.Errorf("a repair without sources leaves %q, want %q", left, want)
	}
	if _, err := os.Lstat(s.object(1)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the damaged object is still in the pool: %v", err)
	}
	s.layer(t, "again", "", s.tars[1])
	if found := s.check(t, false); len(found) > 0 {
		t.Errorf("after the content came again there is %q", found)
	}
	report(t, "after the repair", mounted.Compare(s.read(t, "chunked", "ro"), before, mounted.Allow{}))
}

// TestPullFindings checks a store with garbage, traces of removed layers, a file that no image names, and
// images whose layers are plain or missing.
func TestPullFindings(t *testing.T) {
	s := newPulledStore(t, newPair(t))
	write := func(name string) {
		must(t, os.MkdirAll(filepath.Dir(name), 0o700))
		must(t, os.WriteFile(name, []byte("garbage"), 0o600))
	}
	write(filepath.Join(s.pool(), "objects", objects.Path(verity.Sum([]byte("garbage")))))
	write(filepath.Join(s.pool(), "layers", "gone"))
	write(filepath.Join(s.home(), "plain", "diff", "ab", "leaked"))
	must(t, os.MkdirAll(filepath.Join(s.home(), "directory", "diff"), 0o700))
	var images []map[string]any
	for i, layer := range []string{s.layers[len(s.layers)-1], "directory", "nowhere"} {
		images = append(images, map[string]any{"id": strings.Repeat(fmt.Sprint(i), 64), "layer": layer, "names": []string{"localhost/" + layer + ":latest"}})
	}
	s.record(t, "images", images)
	found, err := fsck.Check(t.Context(), s.options(t))
	must(t, err)
	var kinds []fsck.Kind
	for _, f := range found.Findings {
		kinds = append(kinds, f.Kind)
	}
	slices.Sort(kinds)
	kinds = slices.Compact(kinds) // the stock differ leaves an empty file too, which is leaked
	want := []fsck.Kind{fsck.Garbage, fsck.LayerGone, fsck.LayerMissing, fsck.Leaked, fsck.NotChecked}
	if slices.Sort(want); !slices.Equal(kinds, want) {
		t.Errorf("found %q, want %q", kinds, want)
	}
	if left := s.repair(t, fsck.Sources{}); !slices.Equal(left, []fsck.Kind{fsck.LayerMissing}) {
		t.Errorf("a repair leaves %q", left)
	}
}
