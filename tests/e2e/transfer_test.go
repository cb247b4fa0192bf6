//go:build linux

package e2e_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestSaveAndLoad saves an image to an archive and loads it into another store: it is
// the same image.
func TestSaveAndLoad(t *testing.T) {
	for _, format := range []string{"docker-archive", "oci-archive", "oci-dir", "docker-dir"} {
		t.Run(format, func(t *testing.T) {
			both(t, func(t *testing.T, p *podman.Podman) {
				img := image(t, rich()...)
				ref := pushImage(t, img)
				p.Run("pull", "-q", ref)
				archive := filepath.Join(t.TempDir(), "archive")
				p.Run("save", "-q", "--format", format, "-o", archive, ref)

				q := podman.New(t, p.Kind)
				loaded := strings.TrimPrefix(q.Run("load", "-q", "-i", archive), "Loaded image: ")
				if got, want := diffIDs(q, loaded), img.DiffIDs(); !slices.Equal(got, want) {
					t.Errorf("layers %q, want %q", got, want)
				}
				same(t, "pulled and loaded", seen(t, p, ref), seen(t, q, loaded))
				q.Run("system", "check")
				checkLayers(t, q)
			})
		})
	}
}

// TestPush pushes an image that was pulled, and one with layers of its own, and pulls
// them with plain stock podman.
func TestPush(t *testing.T) {
	for _, c := range []podman.Compression{podman.Gzip, podman.Zstd, podman.Chunked} {
		t.Run(string(c), func(t *testing.T) {
			both(t, func(t *testing.T, p *podman.Podman) {
				img := image(t, rich()...)
				ref := pushImage(t, img)
				p.Run("pull", "-q", ref)
				p.Run("run", "--name", "box", ref, "sh", "-c", changes)
				p.Run("commit", "-q", "box", "committed")
				p.Run("push", "-q", "--force-compression", "--compression-format", string(c), ref, ref+"/pushed")
				p.Run("push", "-q", "--compression-format", string(c), "committed", ref+"/committed")

				q := podman.New(t, podman.Plain)
				q.Run("pull", "-q", ref+"/pushed")
				if got, want := diffIDs(q, ref+"/pushed"), img.DiffIDs(); !slices.Equal(got, want) {
					t.Errorf("layers %q, want %q", got, want)
				}
				q.Run("pull", "-q", ref+"/committed")
				if got, want := diffIDs(q, ref+"/committed"), diffIDs(p, "committed"); !slices.Equal(got, want) {
					t.Errorf("layers %q, want %q", got, want)
				}
				same(t, "pushed and pulled", seen(t, p, ref), seen(t, q, ref+"/pushed"))
				same(t, "committed and pulled", seen(t, p, "committed"), seen(t, q, ref+"/committed"))
			})
		})
	}
}

// TestExportAndImport exports a container as a tar and makes an image of that.
func TestExportAndImport(t *testing.T) {
	treeLikePlain(t, func(t *testing.T, p *podman.Podman) *tree.Tree {
		ref := pull(t, p, rich()...)
		p.Run("run", "--name", "box", ref, "sh", "-c", changes)
		archive := filepath.Join(t.TempDir(), "tar")
		p.Run("export", "-o", archive, "box")
		p.Run("import", "-q", archive, "imported")
		same(t, "container and what was imported", seenByContainer(t, p, "box"), seen(t, p, "imported"))
		if got := p.Run("run", "--rm", "imported", "/bin/cat", "/symlink"); got != "new" {
			t.Errorf("/symlink has %q", got)
		}
		checkLayers(t, p)
		return seen(t, p, "imported")
	})
}

// diffIDs returns the digests of the layers of an image.
func diffIDs(p *podman.Podman, image string) []string {
	return strings.Fields(p.Run("image", "inspect", "--format", "{{range .RootFS.Layers}}{{.}} {{end}}", image))
}
