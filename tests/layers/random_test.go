//go:build linux

package layers_test

import (
	"flag"
	"fmt"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/tests/mounted"
	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/ociimage"
	"github.com/composefs-storage/composefs-storage/tests/stock"
)

var (
	images = flag.Int("images", 200, "how many random images to make")
	seed   = flag.Uint64("seed", 1, "seed of the first random image")
)

func TestMain(m *testing.M) { stock.Main(m) }

// eachImage calls fn with random images. If it fails the layers are listed.
func eachImage(t *testing.T, fn func(t *testing.T, img *ociimage.Image)) {
	for i := range uint64(*images) {
		t.Run(fmt.Sprintf("seed %d", *seed+i), func(t *testing.T) {
			img := ociimage.Random(*seed + i)
			defer func() {
				if t.Failed() {
					t.Logf("run it alone with -args -images=1 -seed=%d", *seed+i)
					for n, l := range img.Layers {
						t.Logf("layer %d:\n%s", n, ociimage.List(l))
					}
				}
			}()
			fn(t, img)
		})
	}
}

// report reports differences, not too many of them.
func report(t *testing.T, what string, found []tree.Difference) {
	t.Helper()
	const most = 20
	for i, d := range found {
		if i == most {
			t.Errorf("… and %d more", len(found)-most)
			return
		}
		t.Errorf("%s: %s", what, d)
	}
}

// TestRandomImages has random images unpacked by the stock driver, which judges the
// generator: the driver takes all of them and shows the tree of the generator's model. Then the
// images are converted, merged and mounted. Their trees equal the generator's model,
// and those of the stock driver but for the times of directories and the
// metadata of implied ones.
func TestRandomImages(t *testing.T) {
	needs.Root(t)
	driver := stock.New(t)
	eachImage(t, func(t *testing.T, img *ociimage.Image) {
		theirs, err := mounted.Read(driver.Apply(t, img.Layers...), mounted.Options{SkipGhosts: true})
		if err != nil {
			t.Fatal(err)
		}
		report(t, "stock and wanted", mounted.Compare(theirs, img.Stock, mounted.Allow{DirTimes: true}))

		ours, err := mounted.Read(convertLayers(t, img.Layers...).mountMerged(t), mounted.Options{})
		if err != nil {
			t.Fatal(err)
		}
		report(t, "converted and wanted", mounted.Compare(ours, img.Merged, mounted.Allow{}))
		allow := mounted.Allow{DirTimes: true, Metadata: img.Implied}
		report(t, "converted and stock", mounted.Compare(ours, theirs, allow))
	})
}
