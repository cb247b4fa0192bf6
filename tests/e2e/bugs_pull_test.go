//go:build linux

package e2e_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestP1EntriesBelowSymlinks: stock composefs cannot pull such a layer.
func TestP1EntriesBelowSymlinks(t *testing.T) {
	guards(t, right, wrong, func(t *testing.T, p *podman.Podman) error {
		ref := push(t, podman.Layer(layertest.Dir("usr"), layertest.Dir("usr/lib"), layertest.Symlink("lib", "usr/lib"), layertest.File("lib/foo", "foo")))
		if _, err := p.Try("pull", "-q", ref); err != nil {
			return err
		}
		if e, ok := seen(t, p, ref).Lookup("/usr/lib/foo"); !ok || e.Inode.Content != "foo" {
			return errors.New("/usr/lib/foo is missing")
		}
		return nil
	})
}

// TestP2EntriesAheadOfDirectories: stock composefs cannot pull a layer that has a file
// before its directory.
func TestP2EntriesAheadOfDirectories(t *testing.T) {
	guards(t, right, wrong, func(t *testing.T, p *podman.Podman) error {
		ref := push(t, podman.Layer(layertest.File("d/f", "f"), layertest.Dir("d").Owner(1, 2, 0o700)))
		if _, err := p.Try("pull", "-q", ref); err != nil {
			return err
		}
		tr := seen(t, p, ref)
		if d, ok := tr.Lookup("/d"); !ok || d.Inode.Mode != tree.TypeDir|0o700 {
			return errors.New("/d is not as its entry says")
		}
		return nil
	})
}

// TestP4RootOfAnotherOwner: stock composefs cannot mount such an image.
func TestP4RootOfAnotherOwner(t *testing.T) {
	guards(t, right, wrong, func(t *testing.T, p *podman.Podman) error {
		ref := pull(t, p, podman.Layer(layertest.Dir("./").Owner(5, 6, 0o755), layertest.File("f", "f")))
		p.Run("run", "--rm", ref, "true")
		dir, err := p.Try("image", "mount", ref)
		if err != nil {
			return err
		}
		defer p.Run("image", "unmount", ref)
		if _, ok := readTree(t, dir).Lookup("/f"); !ok {
			return errors.New("/f is missing")
		}
		return nil
	})
}

// TestP10NamesTwice: a layer that has a name twice is refused, in the same words, and
// nothing is left of it.
func TestP10NamesTwice(t *testing.T) {
	guards(t, right, right, func(t *testing.T, p *podman.Podman) error {
		ref := push(t, podman.Layer(layertest.File("f", "1"), layertest.File("g", "g"), layertest.File("f", "2")))
		_, err := p.Try("pull", "-q", ref)
		if err == nil || !strings.Contains(err.Error(), "duplicates of file paths not supported") {
			return fmt.Errorf("pull: %v", err) //nolint:errorlint // it may be nil
		}
		if out := p.Run("images", "-aq"); out != "" {
			return fmt.Errorf("images: %s", out)
		}
		p.Run("system", "check")
		return nil
	})
}

// TestP11NoPrograms: with stock composefs nothing works if mkcomposefs is missing, not
// even removing images. Kinds other than that do not have it in PATH anyway.
func TestP11NoPrograms(t *testing.T) {
	guards(t, right, wrong, func(t *testing.T, p *podman.Podman) error {
		ref := pull(t, p, rich()[0])
		dir := t.TempDir()
		for _, program := range []string{"conmon", "runc"} {
			if err := os.Symlink(needs.Program(t, program, program), filepath.Join(dir, program)); err != nil {
				t.Fatal(err)
			}
		}
		q := p.Store.Podman(t, p.Kind, podman.Options{Path: dir})
		for _, args := range [][]string{{"images"}, {"run", "--rm", ref, "true"}, {"pull", "-q", ref}, {"rmi", ref}} {
			if _, err := q.Try(args...); err != nil {
				return err
			}
		}
		return nil
	})
}

// TestP12LoadedLayersAreComposefs: stock composefs keeps them as directories.
func TestP12LoadedLayersAreComposefs(t *testing.T) {
	guards(t, absent, wrong, func(t *testing.T, p *podman.Podman) error {
		dir := t.TempDir()
		if err := image(t, rich()...).WriteLayout(dir); err != nil {
			t.Fatal(err)
		}
		p.Run("load", "-q", "-i", dir)
		if blobs := glob(t, p.Store.Root, "overlay/*/composefs-data/composefs.blob"); len(blobs) != 4 {
			return fmt.Errorf("%d of 4 layers are composefs", len(blobs))
		}
		return nil
	})
}
