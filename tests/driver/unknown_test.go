//go:build linux

package driver_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/containers/storage"
	graphdriver "github.com/containers/storage/drivers"
	"github.com/opencontainers/go-digest"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/driver/inplace"
	"github.com/composefs-storage/composefs-storage/driver/store/catalog"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/tests/mounted"
)

// unknowns add files and fields to a layer that this version does not use.
var unknowns = map[string]func(t *testing.T, s *store, tar []byte){
	"file": func(t *testing.T, s *store, _ []byte) { s.write(t, "new", "layer", "new") },
	"symlink": func(t *testing.T, s *store, _ []byte) {
		must(t, os.Symlink("diff", filepath.Join(s.home(), "layer", "new")))
	},
	"directory": func(t *testing.T, s *store, _ []byte) {
		must(t, os.MkdirAll(filepath.Join(s.home(), "layer", "new", "sub"), 0o755))
	},
	"beside the image": func(t *testing.T, s *store, _ []byte) {
		if _, err := os.Stat(filepath.Join(s.home(), "layer", "composefs-data")); err == nil {
			s.write(t, "new", "layer", "composefs-data", "new")
		} else {
			s.write(t, "new", "layer", "new")
		}
	},
	"field": func(t *testing.T, s *store, tar []byte) {
		s.record(t, "layers", []map[string]any{{"id": "layer", "diff-digest": digest.FromBytes(tar), "new": 1}})
	},
}

// TestConvertUnknown refuses to convert a layer with a file or a field of a newer containers/storage,
// names it, and changes nothing. The layer can be read.
func TestConvertUnknown(t *testing.T) {
	tar := layertest.Tar(layertest.File("f", strings.Repeat("content ", 100)), layertest.File("g", "inline"))
	for name, add := range unknowns {
		for _, plain := range []bool{true, false} {
			s := newStore(t, kind{off: plain})
			s.layer(t, "layer", "", tar)
			s.recordLayer(t, "layer", tar)
			want := s.read(t, "layer", "ro")
			add(t, s, tar)
			before := listing(t, s.home())
			c := inplace.New(&chain.Stores{Primary: chain.Store{Home: s.home()}}, s.path("run"), objects.SealNever)
			convert := c.Unpack
			if plain {
				convert = c.Convert
			}
			_, err := convert(t.Context(), "layer")
			var refusal *inplace.Refusal
			if !errors.As(err, &refusal) || !refusal.Newer || !strings.Contains(err.Error(), `new"`) {
				t.Errorf("%s, plain %v: %v", name, plain, err)
			}
			if name != "field" && !plain { // containers/storage has the record, not the driver
				if _, err := s.Get("layer", graphdriver.MountOpts{}); !errors.As(err, &refusal) || !refusal.Newer {
					t.Errorf("%s: read-write mount: %v", name, err)
				}
			}
			report(t, name, differences(listing(t, s.home()), before))
			report(t, name, mounted.Compare(s.read(t, "layer", "ro"), want, times))

			must(t, os.RemoveAll(filepath.Join(s.home(), "layer", "new")))
			must(t, os.RemoveAll(filepath.Join(s.home(), "layer", "composefs-data", "new")))
			s.recordLayer(t, "layer", tar)
			if _, err := convert(t.Context(), "layer"); err != nil {
				t.Errorf("%s, without it: %v", name, err)
			}
			s.remove(t, "layer")
		}
	}
}

// TestKnownFiles checks that the files that the stock driver and ours make in layers are known, also in
// mounted ones, and so are the fields of their records.
func TestKnownFiles(t *testing.T) {
	p := newImage(t)
	for _, s := range []*store{p.ours, p.theirs} {
		must(t, s.CreateReadWrite("container", "top", nil))
		s.get(t, "container")
		for _, id := range []string{"base", "top", "container"} {
			l := chain.Layer{ID: id, Store: chain.Store{Home: s.home()}}
			if unknown, err := l.Unknown(); err != nil || len(unknown) > 0 {
				t.Errorf("unknown files of %s: %q, %v", id, unknown, err)
			}
		}
		s.put(t, "container")
	}
	layer := reflect.TypeFor[storage.Layer]()
	for i := range layer.NumField() {
		field, _, _ := strings.Cut(layer.Field(i).Tag.Get("json"), ",")
		if field != "-" && !slices.Contains(catalog.LayerFields, field) {
			t.Errorf("field %q is unknown", field)
		}
	}
}
