//go:build linux

package e2e_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mountinfo"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestMountManyLayers mounts an image of 60 layers, as an image and in a container: it
// is one composefs image.
func TestMountManyLayers(t *testing.T) {
	treeLikePlain(t, func(t *testing.T, p *podman.Podman) *tree.Tree {
		ref := pull(t, p, many(60)...)
		dir := p.Run("image", "mount", ref)
		checkMerged(t, p, dir)
		tr := readTree(t, dir)
		p.Run("image", "unmount", ref)

		p.Run("create", "--name", "box", ref)
		dir = p.Run("mount", "box")
		checkMerged(t, p, dir)
		same(t, "image and container", tr, readTree(t, dir))
		p.Run("unmount", "box")
		return tr
	})
}

// checkMerged checks that ours mounts one composefs image and one directory of objects.
func checkMerged(t *testing.T, p *podman.Podman, dir string) {
	t.Helper()
	m := podman.MountAt(t, dir)
	lowers, data := m.Layers()
	if p.Kind != podman.Ours {
		return
	}
	if m.Type != "overlay" || m.Source != "composefs" || len(lowers) != 1 || len(data) != 1 {
		t.Errorf("%s is %s of %s, lower layers %q, data-only ones %q", dir, m.Type, m.Source, lowers, data)
	}
}

// TestImageMount mounts an image twice: it is one mount, as long as it is used.
func TestImageMount(t *testing.T) {
	both(t, func(t *testing.T, p *podman.Podman) {
		ref := pull(t, p, rich()...)
		dir := p.Run("image", "mount", ref)
		if again := p.Run("image", "mount", ref); again != dir {
			t.Errorf("mounted at %s and at %s", dir, again)
		}
		p.Run("image", "unmount", ref)
		readTree(t, dir)
		podman.MountAt(t, dir)
		p.Run("image", "unmount", ref)
		if slices.Contains(mountPoints(t), dir) {
			t.Errorf("%s is mounted still", dir)
		}
	})
}

// TestImageVolume mounts an image in a container of another one. To do so, podman puts
// an overlay upon the overlay.
func TestImageVolume(t *testing.T) {
	both(t, func(t *testing.T, p *podman.Podman) {
		ref := pull(t, p, rich()...)
		for _, options := range []string{"", ",rw=true"} {
			got := p.Run("run", "--rm", "--mount", "type=image,src="+ref+",dst=/tmp/image"+options, ref,
				"sh", "-c", "cat /tmp/image/hidden/new && ! ls /tmp/image/hidden/old 2>/dev/null")
			if got != "new" {
				t.Errorf("%q: %q", options, got)
			}
		}
	})
}

// TestNothingStaysMounted looks at all mounts when containers and images were mounted
// and are gone.
func TestNothingStaysMounted(t *testing.T) {
	both(t, func(t *testing.T, p *podman.Podman) {
		ref := pull(t, p, rich()...)
		p.Run("run", "-d", "--name", "box", ref, "sleep", "100")
		p.Run("create", "--name", "box2", ref)
		p.Run("mount", "box", "box2")
		p.Run("image", "mount", ref)
		p.Run("image", "unmount", "-a")
		p.Run("rm", "-af", "-t0")
		p.Store.Clean(t)
	})
}

func mountPoints(t *testing.T) (points []string) {
	t.Helper()
	mounts, err := mountinfo.Self()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mounts {
		points = append(points, m.Point)
	}
	return points
}

// checkLayers checks that with ours every layer is composefs.
func checkLayers(t *testing.T, p *podman.Podman) {
	t.Helper()
	if p.Kind != podman.Ours {
		return
	}
	var layers []struct {
		ID     string `json:"id"`
		DiffID string `json:"diff-digest"` // not of containers
	}
	readJSON(t, filepath.Join(p.Store.Root, "overlay-layers/layers.json"), &layers)
	for _, l := range layers {
		if blob := filepath.Join("overlay", l.ID, "composefs-data/composefs.blob"); l.DiffID != "" && len(glob(t, p.Store.Root, blob)) == 0 {
			t.Errorf("layer %s is not composefs", l.ID)
		}
	}
}

func glob(t *testing.T, dir, pattern string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil {
		t.Fatal(err)
	}
	return found
}
