//go:build linux

package layers_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/tests/mounted"
	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/stock"
)

// TestUgly has the stock driver judge the odd images of layertest: it shows the same
// as the merged image, or something else, or refuses the last layer, as each case
// states. convert checks the right tree where it does not.
func TestUgly(t *testing.T) {
	needs.Root(t)
	driver := stock.New(t)
	for _, c := range layertest.Ugly() {
		t.Run(c.Name, func(t *testing.T) {
			dir, err := driver.Try(t, c.Layers...)
			var refusal *stock.Refusal
			switch {
			case c.Stock == layertest.Refuses && (!errors.As(err, &refusal) || refusal.Layer != len(c.Layers)-1):
				t.Errorf("stock: %v, though it should refuse the last layer", err)
			case c.Stock != layertest.Refuses && err != nil:
				t.Fatalf("stock: %v", err)
			}
			if c.Err != "" {
				checkNothingLeft(t, c.Layers)
				return
			}
			ours, err := mounted.Read(convertLayers(t, c.Layers...).mountMerged(t), mounted.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if c.Stock == layertest.Refuses {
				return
			}
			theirs, err := mounted.Read(dir, mounted.Options{SkipGhosts: true})
			if c.Stock == layertest.Differs && errors.Is(err, os.ErrPermission) {
				return // the error of overlayfs for marks without a meaning
			}
			if err != nil {
				t.Fatal(err)
			}
			found := mounted.Compare(ours, theirs, mounted.Allow{DirTimes: true})
			if c.Stock == layertest.Same {
				report(t, "converted and stock", found)
			} else if len(found) == 0 {
				t.Error("stock shows the same, so this is no difference")
			}
		})
	}
}

// checkNothingLeft converts layers of which the last is none, and looks for anything
// that this leaves behind.
func checkNothingLeft(t *testing.T, layers [][]byte) {
	t.Helper()
	dir := t.TempDir()
	pool, err := objects.Open(dir, objects.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, l := range layers {
		if _, err := convertLayer(t, pool, l); (err != nil) != (i == len(layers)-1) {
			t.Errorf("layer %d: error %v", i, err)
		}
	}
	if _, err := pool.Collect(t.Context(), false); err != nil {
		t.Error(err)
	}
	known := map[verity.Digest]bool{} // of the sound layers
	err = pool.Walk(context.Background(), func(d verity.Digest, info objects.Info) error {
		known[d] = true
		if info.Links < 2 {
			t.Errorf("object %s is in no layer", d)
		}
		return nil
	})
	if err = errors.Join(err, pool.Close()); err != nil {
		t.Error(err)
	}
	if len(layers) == 1 && len(known) > 0 {
		t.Errorf("%d objects of a layer that failed", len(known))
	}
	if left, err := filepath.Glob(filepath.Join(dir, "staging", "*")); err != nil || len(left) > 0 {
		t.Errorf("left in staging: %v, %v", left, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "objects")); err != nil {
		t.Error(err)
	}
}
