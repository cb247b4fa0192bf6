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

// TestP12NewLayersAreComposefs: stock composefs keeps layers as directories that it does not pull.
func TestP12NewLayersAreComposefs(t *testing.T) {
	for name, add := range map[string]func(t *testing.T, p *podman.Podman){
		"load": func(t *testing.T, p *podman.Podman) {
			dir := t.TempDir()
			must(t, image(t, rich()[0]).WriteLayout(dir))
			p.Run("load", "-q", "-i", dir)
		},
		"import": func(t *testing.T, p *podman.Podman) {
			dir := t.TempDir()
			writeFile(t, dir, "layer.tar", string(rich()[0]))
			p.Run("import", "-q", filepath.Join(dir, "layer.tar"))
		},
		"commit": func(t *testing.T, p *podman.Podman) {
			p.Run("create", "--name", "box", pull(t, p), "true")
			p.Run("commit", "-q", "box", "committed")
		},
		"build": func(t *testing.T, p *podman.Podman) {
			dir := t.TempDir()
			writeFile(t, dir, "Containerfile", "FROM scratch\nCOPY Containerfile /\n")
			p.Run("build", "-q", "--network=none", dir)
		},
	} {
		t.Run(name, func(t *testing.T) {
			guards(t, absent, wrong, func(t *testing.T, p *podman.Podman) error {
				add(t, p)
				var plain []string
				for id, l := range chunkedLayers(t, p) {
					if blob := filepath.Join("overlay", l.ID, "composefs-data/composefs.blob"); id != "" && len(glob(t, p.Store.Root, blob)) == 0 {
						plain = append(plain, id)
					}
				}
				if len(plain) > 0 {
					return fmt.Errorf("layers %q are not composefs", plain)
				}
				return nil
			})
		})
	}
}
