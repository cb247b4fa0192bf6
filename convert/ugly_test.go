package convert_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// TestUgly converts and merges every odd image. tests/layers compares those with the verdict Same
// with the stock driver.
func TestUgly(t *testing.T) {
	for _, c := range layertest.Ugly() {
		t.Run(c.Name, func(t *testing.T) {
			store := new(layertest.Contents)
			images, err := convertAll(t, store, c.Layers, 0)
			if c.Err != "" {
				if err == nil || !strings.Contains(err.Error(), c.Err) {
					t.Fatalf("error %v, want one with %q", err, c.Err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			sources := sourcesOf(t, images)
			merged, err := convert.MergeTree(t.Context(), sources, false)
			if err != nil {
				t.Fatal(err)
			}
			if got := store.List(merged); c.Want != "" && got != c.Want {
				t.Errorf("%s\nhas  %s\nwant %s", c.Guards, got, c.Want)
			}
			checkImages(t, images, merged)
			checkSegments(t, sources, merged)
			checkWorkers(t, c.Layers, images, store)
		})
	}
}

// convertAll returns the layer images of the tars. Only the last may fail.
func convertAll(t *testing.T, store layer.Store, tars [][]byte, workers int) (images [][]byte, err error) {
	t.Helper()
	for i, tar := range tars {
		var image bytes.Buffer
		_, err := convert.Layer(t.Context(), bytes.NewReader(tar), store, &image, layer.Options{Workers: workers})
		if err != nil && i < len(tars)-1 {
			t.Fatalf("layer %d: %v", i+1, err)
		}
		if err != nil {
			if image.Len() > 0 {
				t.Errorf("%d bytes of an image in spite of the error", image.Len())
			}
			return nil, err
		}
		images = append(images, image.Bytes())
	}
	return images, nil
}

func sourcesOf(t *testing.T, images [][]byte) (sources []convert.Source) {
	t.Helper()
	for _, image := range images {
		sources = append(sources, convert.Source{Image: open(t, image)})
	}
	return sources
}

func open(t *testing.T, image []byte) *erofs.Image {
	t.Helper()
	m, err := erofs.Open(bytes.NewReader(image), int64(len(image)))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func write(t *testing.T, tr *tree.Tree, format erofs.Format) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := erofs.Write(&b, tr, erofs.Options{Format: format}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// checkImages checks that images give the trees of which they were made.
func checkImages(t *testing.T, images [][]byte, merged *tree.Tree) {
	t.Helper()
	for i, image := range images {
		tr, err := open(t, image).Tree()
		if err != nil {
			t.Fatalf("layer %d: %v", i+1, err)
		}
		if again, err := layerBytes(tr); err != nil || !bytes.Equal(image, again) {
			t.Errorf("layer %d: other bytes when it is read and written again", i+1)
		}
	}
	image := write(t, merged, erofs.V1)
	tr, err := open(t, image).Tree()
	if err != nil {
		t.Fatal(err)
	}
	for d := range tree.Diff(merged, tr) {
		t.Errorf("merged tree and image: %s", d)
	}
}

// checkSegments checks that merging in two steps gives the same tree.
func checkSegments(t *testing.T, sources []convert.Source, merged *tree.Tree) {
	t.Helper()
	for split := 1; split < len(sources); split++ {
		lower, upper := segment(t, sources[:split]), segment(t, sources[split:])
		for name, chain := range map[string][]convert.Source{
			"lower segment": append([]convert.Source{lower}, sources[split:]...),
			"upper segment": append(slices.Clone(sources[:split]), upper),
		} {
			got, err := convert.MergeTree(t.Context(), chain, false)
			if err != nil {
				t.Fatal(err)
			}
			for d := range tree.Diff(merged, got) {
				t.Errorf("merged with %s, split at %d: %s", name, split, d)
			}
		}
	}
}

// segment merges some layers into one.
func segment(t *testing.T, sources []convert.Source) convert.Source {
	t.Helper()
	var image bytes.Buffer
	if _, err := convert.Merge(t.Context(), sources, &image, convert.MergeOptions{Segment: true}); err != nil {
		t.Fatal(err)
	}
	return convert.Source{Image: open(t, image.Bytes())}
}

// checkWorkers checks that the number of workers does not change the result.
func checkWorkers(t *testing.T, tars, images [][]byte, store *layertest.Contents) {
	t.Helper()
	for _, workers := range []int{1, 8} {
		again := new(layertest.Contents)
		other, err := convertAll(t, again, tars, workers)
		if err != nil {
			t.Fatal(err)
		}
		for i := range images {
			if !bytes.Equal(images[i], other[i]) {
				t.Errorf("layer %d: other bytes with %d workers", i+1, workers)
			}
		}
		if !slices.Equal(store.Digests(), again.Digests()) {
			t.Errorf("other objects with %d workers", workers)
		}
	}
}

// layerBytes writes the image of a layer.
func layerBytes(t *tree.Tree) ([]byte, error) {
	var b bytes.Buffer
	_, err := erofs.Write(&b, t, erofs.Options{Format: erofs.Layer, UUID: convert.LayerUUID(t)})
	return b.Bytes(), err
}
