//go:build linux

package e2e_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestLargeXattrs brings a file with more xattrs than ext4 can hold into a store in each way:
// podman takes it and warns once, and a container reads the file. That the warning is right is
// tried in tests/driver.
func TestLargeXattrs(t *testing.T) {
	content := make([]byte, 200_000)
	_, _ = rand.NewChaCha8([32]byte{15}).Read(content)
	shared := layertest.File("shared", string(content))
	layer := podman.Layer(shared, layertest.File("big", "content").Xattr("user.a", strings.Repeat("v", 8000)))
	const warning = `\"/big\" has 8006 bytes of xattrs, more than the file system of the store can hold`

	for way, command := range map[string]func(*testing.T, *podman.Podman) []string{
		"pull": func(t *testing.T, _ *podman.Podman) []string { return []string{"pull", "-q", push(t, layer)} },
		"pull zstd:chunked": func(t *testing.T, _ *podman.Podman) []string {
			ref, _ := pushChunked(t, "whole", layer)
			return []string{"pull", "-q", ref}
		},
		"pull zstd:chunked partly": func(t *testing.T, p *podman.Podman) []string {
			first, _ := pushChunked(t, "first", podman.Layer(shared))
			p.Run("pull", "-q", first)
			second, _ := pushChunked(t, "second", layer)
			return []string{"pull", "-q", second}
		},
		"pull a layout": func(t *testing.T, _ *podman.Podman) []string {
			return []string{"pull", "-q", "oci:" + layout(t, layer)}
		},
		"import": func(t *testing.T, _ *podman.Podman) []string {
			file := filepath.Join(t.TempDir(), "layer.tar")
			if err := os.WriteFile(file, layer, 0o600); err != nil {
				t.Fatal(err)
			}
			return []string{"import", "-q", file}
		},
	} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			p := podman.NewStoreOn(t, "ext4").Podman(t, podman.Ours, podman.Options{})
			out, err := p.Command(t.Context(), command(t, p)...).CombinedOutput()
			if err != nil || strings.Count(string(out), warning) != 1 {
				t.Fatalf("%v, want one warning that %s:\n%s", err, warning, out)
			}
			lines := strings.Fields(string(out))
			container := p.Run("create", lines[len(lines)-1], "true")
			got, err := os.ReadFile(filepath.Join(p.Run("mount", container), "big"))
			if err != nil || string(got) != "content" {
				t.Errorf("the file has %q, %v", got, err)
			}
		})
	}
}
