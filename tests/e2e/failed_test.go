//go:build linux

package e2e_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// victim is an image whose second layer goes wrong: it has contents of every size, one
// that does not compress among them.
func victim(c podman.Compression) podman.Image {
	large := make([]byte, 400<<10)
	_, _ = rand.NewChaCha8([32]byte{}).Read(large)
	entries := []layertest.Entry{layertest.Dir("d").Owner(7, 8, 0o750), layertest.File("d/large", string(large))}
	for i := range 100 {
		entries = append(entries, layertest.File(fmt.Sprintf("d/%d", i), strings.Repeat(fmt.Sprint(i), i*10)).Owner(i, 1000+i, 0o640))
	}
	base := podman.Layer(layertest.Dir("base"), layertest.File("base/file", strings.Repeat("base", 100)))
	top := podman.Layer(layertest.Dir("d").Owner(7, 8, 0o750), layertest.File("d/.wh.1", ""), layertest.File("d/top", strings.Repeat("top", 100)))
	return podman.Image{Layers: [][]byte{base, podman.Layer(entries...), top}, Compression: c}
}

// checkFailed checks that a pull has failed with each of the words once in its error, and that it has
// left nothing but whole layers.
func checkFailed(t *testing.T, p *podman.Podman, err error, says ...string) {
	t.Helper()
	if err == nil {
		t.Error("the pull succeeded")
		return
	}
	t.Log(err)
	_, said, _ := strings.Cut(err.Error(), "exit status")
	for _, words := range says {
		if n := strings.Count(said, words); n != 1 {
			t.Errorf("%q is said %d times: %s", words, n, said)
		}
	}
	if n := strings.Count(said, "\n"); n > 0 {
		t.Errorf("more than a line is said: %s", said)
	}
	checkSound(t, p)
}

// checkSound checks the leftovers of a failed pull: no image, and only whole
// layers with all of their contents.
func checkSound(t *testing.T, p *podman.Podman) {
	t.Helper()
	var images []any
	var layers []struct {
		ID    string         `json:"id"`
		Flags map[string]any `json:"flags"`
	}
	for name, list := range map[string]any{"overlay-images/images.json": &images, "overlay-layers/layers.json": &layers} {
		if path := filepath.Join(p.Store.Root, name); len(glob(t, path, "")) > 0 {
			readJSON(t, path, list)
		}
	}
	if len(images) > 0 {
		t.Errorf("images: %v", images)
	}
	for _, l := range layers {
		if l.Flags["incomplete"] != nil {
			t.Errorf("layer %s is incomplete", l.ID)
		}
	}
	if dirs := glob(t, p.Store.Root, "overlay/*/diff"); len(dirs) != len(layers) {
		t.Errorf("%d layers and %d directories of layers", len(layers), len(dirs))
	}
	if len(layers) > 0 {
		checkLayers(t, p)
	}
	checkPool(t, p)
	p.Store.Clean(t)
}

// checkPool checks that the contents of the pool match their names, and that
// layers have them, unless it is noted that there is garbage.
func checkPool(t *testing.T, p *podman.Podman) {
	t.Helper()
	if len(glob(t, p.Store.Root, "overlay-composefs")) == 0 {
		return
	}
	pool, err := objects.OpenReadOnly(filepath.Join(p.Store.Root, "overlay-composefs"))
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close() //nolint:errcheck // open for reading
	err = pool.Verify(t.Context(), func(_ verity.Digest, err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	noted, err := pool.GarbageNoted()
	if err != nil {
		t.Fatal(err)
	}
	err = pool.Walk(t.Context(), func(d verity.Digest, info objects.Info) error {
		if info.Links < 2 && !noted {
			t.Errorf("no layer has object %s", d)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
