//go:build linux

package e2e_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/mounted"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestM5UserNamespaceWithoutWarnings: stock composefs unmounted some things twice.
func TestM5UserNamespaceWithoutWarnings(t *testing.T) {
	guards(t, right, right, func(t *testing.T, p *podman.Podman) error {
		ref := pull(t, p, podman.Layer(layertest.File("f", "f").Owner(7, 8, 0o600)))
		got := p.Run("run", "--rm", "--uidmap", "0:100000:1000", "--gidmap", "0:200000:1000", ref, "stat", "-c", "%u:%g", "/f")
		if got != "7:8" {
			return fmt.Errorf("/f belongs to %s", got)
		}
		return nil
	})
}

// TestM6ManyLayersAreOneMount: stock composefs mounts each of them.
func TestM6ManyLayersAreOneMount(t *testing.T) {
	guards(t, absent, wrong, func(t *testing.T, p *podman.Podman) error {
		ref := pull(t, p, many(120)...)
		if got := p.Run("run", "--rm", ref, "cat", "/layers/118"); !strings.HasPrefix(got, "layer 118 ") {
			return fmt.Errorf("/layers/118 is %q", got)
		}
		dir := p.Run("image", "mount", ref)
		defer p.Run("image", "unmount", ref)
		if lowers, _ := podman.MountAt(t, dir).Layers(); len(lowers) != 1 {
			return fmt.Errorf("%d lower layers", len(lowers))
		}
		return nil
	})
}

// TestC1StockMaintenance: what stock podman removes as unknown must not be what our
// layers need. It finds images of its own composefs damaged, and removes them.
func TestC1StockMaintenance(t *testing.T) {
	guards(t, right, wrong, func(t *testing.T, p *podman.Podman) error {
		ref := pull(t, p, many(5)...)
		want := seen(t, p, ref)
		stock := p.As(podman.Plain)
		for _, args := range [][]string{{"system", "check", "-r"}, {"system", "prune", "--external", "-f"}, {"image", "prune", "-f"}} {
			if _, err := stock.Try(args...); err != nil {
				return err
			}
		}
		if out := p.Run("images", "-q"); out == "" {
			return errors.New("the image was removed")
		}
		same(t, "before and after", want, seen(t, p, ref))
		p.Run("system", "check")
		if _, err := stock.Try("system", "reset", "-f"); err != nil { // it warns of storage.conf
			return err
		}
		if out := p.Run("images", "-q"); out != "" {
			return fmt.Errorf("images after a reset: %s", out)
		}
		return nil
	})
}

// TestC4LayersCanBeMountedByHand: an image of a layer and the directory diff of that
// layer are all that a script needs.
func TestC4LayersCanBeMountedByHand(t *testing.T) {
	guards(t, absent, right, func(t *testing.T, p *podman.Podman) error {
		ref := pull(t, p)
		want := seen(t, p, ref)
		layer := filepath.Dir(glob(t, p.Store.Root, "overlay/*/composefs-data")[0])
		dir := mounted.Overlay(t, mounted.Erofs(t, filepath.Join(layer, "composefs-data/composefs.blob")), filepath.Join(layer, "diff"))
		same(t, "mounted by podman and by hand", want, readTree(t, dir), "/")
		return nil
	})
}

// TestC11TemporaryFiles: no command removes a file of which a killed pull has written a part. Ours
// neither.
func TestC11TemporaryFiles(t *testing.T) {
	t.Parallel()
	p := podman.New(t, podman.Plain)
	pull(t, p)
	writeFile(t, filepath.Join(p.Store.Root, "overlay-layers"), ".tmp-"+strings.Repeat("a", 64)+".tar-split.gz1234", "x")
	for _, args := range [][]string{{"rmi", "-a"}, {"system", "check", "-r"}, {"system", "prune", "-f"}, {"system", "prune", "--external", "-f"}} {
		p.Run(args...)
	}
	if left := glob(t, p.Store.Root, "overlay-layers/.tmp-*"); len(left) != 1 {
		t.Errorf("stock removes temporary files%s", report(t))
	}
}
