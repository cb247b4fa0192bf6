//go:build linux

package e2e_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestContainersStorage looks at a store that podman has filled with the command of
// containers/storage, has it mount layers and change a container, and removes all.
func TestContainersStorage(t *testing.T) {
	likePlain(t, func(t *testing.T, p *podman.Podman) string {
		img := image(t, rich()...)
		ref := pushImage(t, img)
		p.Run("pull", "-q", ref)
		p.Run("tag", ref, "there")
		p.Run("rmi", ref)
		p.Run("run", "--name", "ran", "there", "sh", "-c", changes)
		p.Run("commit", "-q", "ran", "committed") // its layer has another digest each time
		p.Run("rm", "ran")
		storage := p.Tool("containers-storage")
		said := storage.Run("images-by-digest", podman.Digest(img.Pack(t).Manifest))

		for _, layer := range recorded(t, p) {
			n := slices.Index(img.DiffIDs(), layer.DiffID)
			if n < 0 {
				continue // that of the commit
			}
			if got := podman.Digest(tarOf(t, storage, layer.ID)); got != layer.DiffID {
				t.Errorf("layer %s: the tar of it is %s, want %s", layer.ID, got, layer.DiffID)
			}
		}

		id := p.Run("image", "inspect", "--format", "{{.Id}}", "there")
		same(t, "image", seenPlain(t, img), readTree(t, storage.Run("mount", "-r", id)), "/")
		storage.Run("unmount", id)

		box := strings.Fields(storage.Run("create-container", "-n", "box", id))[0]
		layer := layerOf(t, p, box)
		dir := storage.Run("mount", layer)
		writeFile(t, dir, "home/big", "small now")
		if err := os.Remove(filepath.Join(dir, "inline")); err != nil {
			t.Error(err)
		}
		said += "\nbox:\n" + sorted(storage.Run("changes", layer))
		storage.Run("unmount", layer)
		storage.Run("check")
		storage.Run("gc")
		storage.Run("dedup")
		checkLayers(t, p)
		p.Run("system", "check")
		storage.Run("delete-container", box)
		for _, name := range []string{"committed", "there"} {
			storage.Run("delete-image", "localhost/"+name+":latest")
		}
		checkEmpty(t, p)
		return said
	})
}

// tarOf returns the tar of a layer.
func tarOf(t *testing.T, storage *podman.Podman, layer string) []byte {
	t.Helper()
	file := filepath.Join(storage.Store.Dir, "tmp", layer)
	storage.Run("diff", "-u", "-f", file, layer)
	tar, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return tar
}

// layerOf returns the layer that a container has for itself.
func layerOf(t *testing.T, p *podman.Podman, container string) string {
	t.Helper()
	var all []struct{ ID, Layer string }
	readJSON(t, filepath.Join(p.Store.Root, "overlay-containers/containers.json"), &all)
	for _, c := range all {
		if c.ID == container {
			return c.Layer
		}
	}
	t.Fatalf("no container %s", container)
	return ""
}
