//go:build linux && (!cgo || exclude_graphdriver_btrfs)

package chunked_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sirupsen/logrus"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/differ"
	"github.com/composefs-storage/composefs-storage/tests/mounted"
	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/ociimage"
	"github.com/composefs-storage/composefs-storage/tests/stock"
)

func TestMain(m *testing.M) {
	logrus.SetLevel(logrus.WarnLevel) // the differ has a word for every layer
	stock.Main(m)
}

// TestDiffer pulls a layer with the stock differ, and then another one that shares a
// content with it, which the differ finds in the directory of the first.
func TestDiffer(t *testing.T) {
	large := strings.Repeat("large", 100_000)
	p := newPuller(t)
	for id, l := range [][]byte{
		layertest.Tar(layertest.Dir("d"), layertest.File("d/large", large), layertest.File("small", "small"), layertest.File("empty", ""),
			layertest.File("again", "small"), layertest.Link("link", "d/large"), layertest.Symlink("to", "d")),
		layertest.Tar(layertest.File("d/copy", large), layertest.File(".wh.small", ""), layertest.File("new", "some new content")),
		layertest.Tar(),
	} {
		got, err := p.pull(t, id, l)
		if err != nil {
			t.Fatal(err)
		}
		p.checkPulled(t, got, l)
		if found := p.Downloaded.Load() < 100; found != (id > 0) {
			t.Errorf("layer %d: %d bytes were downloaded", id, p.Downloaded.Load())
		}
	}
}

// TestDifferFails checks that nothing is left of layers that fail. Names that are not
// UTF-8 the differ refuses itself, so that no table of contents has wrong ones. We
// refuse wrong names that it ignores, such as links.
func TestDifferFails(t *testing.T) {
	p := newPuller(t)
	for want, l := range map[string][]byte{
		"tar-split contains an entry": layertest.Tar(layertest.OfType('0', "\xff", "f")),
		`table of contents: entry "l": hard link to "f", which is not in the layer so far`: layertest.Tar(layertest.Link("l", "f"), layertest.File("f", "f")),
	} {
		if _, err := p.pull(t, 0, l); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	if left, err := os.ReadDir(filepath.Join(p.root, "pool/staging")); err == nil && len(left) > 0 {
		t.Errorf("%d directories are left", len(left))
	}
}

// TestDifferMounted pulls all layers of random images, and mounts the merged image:
// it shows the tree that the stock overlay driver makes of the tars.
func TestDifferMounted(t *testing.T) {
	needs.Root(t)
	driver := stock.New(t)
	shown := 0
	for seed := range uint64(30) {
		img := ociimage.Random(seed)
		for i, l := range img.Layers {
			img.Layers[i] = differ.Plain(t, l)
		}
		dir, err := driver.Try(t, img.Layers...)
		var refusal *stock.Refusal
		if errors.As(err, &refusal) {
			continue // a name whose first entry was taken for its last
		}
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := mounted.Read(dir, mounted.Options{SkipGhosts: true})
		if err != nil {
			t.Fatal(err)
		}
		ours, err := mounted.Read(pullAndMount(t, img.Layers), mounted.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range mounted.Compare(ours, theirs, mounted.Allow{DirTimes: true, Metadata: img.Implied}) {
			t.Errorf("seed %d: pulled and stock: %s", seed, d)
		}
		shown++
	}
	if shown < 10 {
		t.Errorf("only %d images could be compared", shown)
	}
}

// pullAndMount pulls the layers and mounts the merged image for the duration of
// the test.
func pullAndMount(t *testing.T, layers [][]byte) string {
	t.Helper()
	p := newPuller(t)
	var sources []convert.Source
	for id, l := range layers {
		got, err := p.pull(t, id, l)
		if err != nil {
			t.Fatal(err)
		}
		p.checkPulled(t, got, l)
		m, err := erofs.Open(bytes.NewReader(got.image), int64(len(got.image)))
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, convert.Source{Image: m})
	}
	var image bytes.Buffer
	if _, err := convert.Merge(t.Context(), sources, &image, convert.MergeOptions{}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(p.root, "merged")
	if err := os.WriteFile(path, image.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return mounted.Overlay(t, mounted.Erofs(t, path), filepath.Join(p.root, "pool/objects"))
}
