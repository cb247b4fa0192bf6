//go:build linux

package driver_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

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
		list = append(list, map[string]any{"id": w.name, "parent": parent})
		s.layers, parent = append(s.layers, w.name), w.name
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

// check checks the store, or repairs it. It returns the kinds of damage that are left.
func (s pulledStore) check(t testing.TB, repair bool, from ...string) (kinds []fsck.Kind) {
	t.Helper()
	stores := &chain.Stores{Primary: chain.Store{Home: s.home()}}
	list, err := catalog.Read(stores)
	must(t, err)
	opts := fsck.Options{Stores: stores, Images: list.Images(), All: true, Root: s.root()}
	report, err := fsck.Check(t.Context(), opts)
	if repair {
		report, err = fsck.Repair(t.Context(), opts, fsck.Sources{Stores: from})
	}
	must(t, err)
	for _, f := range report.Findings {
		if f.Severity == fsck.Damage && f.Repaired == "" {
			kinds = append(kinds, f.Kind)
		}
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
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
	object := func(i int) string {
		return filepath.Join(s.pool(), "objects", objects.Path(verity.Sum([]byte(content(i)))))
	}
	flip(t, object(0))
	must(t, os.Remove(object(1)))
	must(t, os.Truncate(object(2), 5))
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
