package ociimage_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/tests/ociimage"
)

// TestRandom checks that 200 images have all features, and that a seed always gives
// the same image.
func TestRandom(t *testing.T) {
	features := map[string]int{}
	for seed := range uint64(200) {
		img := ociimage.Random(seed + 1)
		for f, n := range img.Features {
			features[f] += n
		}
		if seed >= 20 {
			continue
		}
		again := ociimage.Random(seed + 1)
		if !slices.EqualFunc(img.Layers, again.Layers, bytes.Equal) || !tree.Equal(img.Merged, again.Merged) || !tree.Equal(img.Stock, again.Stock) {
			t.Errorf("seed %d gives two images", seed+1)
		}
		if len(img.Layers) < 2 || len(img.Layers) > 12 {
			t.Errorf("seed %d gives %d layers", seed+1, len(img.Layers))
		}
	}
	for _, f := range ociimage.Features {
		if features[f] == 0 {
			t.Errorf("no image has: %s", f)
		}
		t.Logf("%6d %s", features[f], f)
	}
}
