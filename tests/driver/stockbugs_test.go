//go:build linux

package driver_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	graphdriver "github.com/containers/storage/drivers"
	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
)

// TestStockGetterClose closes the reader of the files of a layer that stock composefs has made. Stock
// tries to remove the directory composefs-data of the layer, which is not empty.
func TestStockGetterClose(t *testing.T) {
	s := newDirs(t).open(t, kind{stock: true})
	if !s.stockLayer(t, "a", "", layertest.Tar(layertest.File("f", "content"))) {
		t.Fatal("stock cannot make the layer")
	}
	getter, err := s.Driver.(graphdriver.DiffGetterDriver).DiffGetter("a")
	must(t, err)
	if err := getter.Close(); !errors.Is(err, unix.ENOTEMPTY) {
		t.Errorf("Close: %v; if stock is fixed, remove docs/upstream/getter-close.md", err)
	}
	if _, err := os.Stat(filepath.Join(s.home(), "a/composefs-data/composefs.blob")); err != nil {
		t.Error(err)
	}
}
