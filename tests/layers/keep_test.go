//go:build linux

package layers_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/dump"
	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/mounted"
	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// stockComposefs makes a layer as stock containers/storage with composefs does, of files
// with these contents, and returns its image and its object directory.
func stockComposefs(t *testing.T, files map[string]string) (image *erofs.Image, diff string) {
	t.Helper()
	diff = t.TempDir()
	lines := "/ 0 40755 2 0 0 0 0.0 - - -\n"
	for name, content := range files {
		sum := fmt.Sprintf("%x", sha256.Sum256([]byte(content)))
		payload := sum[:2] + "/" + sum[2:]
		lines += fmt.Sprintf("/%s %d 100644 1 0 0 0 0.0 %s - -\n", name, len(content), payload)
		path := filepath.Join(diff, payload)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	tr, err := dump.Parse(strings.NewReader(lines), dump.Lenient)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "composefs.blob")
	var b bytes.Buffer
	if _, err := erofs.Write(&b, tr, erofs.Options{}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return openImage(t, path), diff
}

// TestKeep mounts the image of a chain whose lower layers' contents are not in the pool,
// with the object directories of these layers as further data-only layers.
func TestKeep(t *testing.T) {
	needs.Root(t)
	long := strings.Repeat("long", 100)
	first, firstDiff := stockComposefs(t, map[string]string{"a": long + "a", "gone": long, "small": "small"})
	second, secondDiff := stockComposefs(t, map[string]string{"b": long + "b", ".wh.gone": "", "same": long + "a"})
	c := convertLayers(t, layertest.Tar(layertest.File("top", long), layertest.File("new", "new")))
	top := convert.Source{Image: openImage(t, c.images[0])}
	chain := []convert.Source{{Image: first, Keep: true}, {Image: second, Keep: true}, top}
	merged := filepath.Join(t.TempDir(), "merged.blob")
	if err := writeImage(merged, func(w io.Writer) (convert.Written, error) {
		return convert.Merge(t.Context(), chain, w, convert.MergeOptions{})
	}); err != nil {
		t.Fatal(err)
	}
	stores := strings.Join([]string{c.objects, secondDiff, firstDiff}, "::")
	dir := mounted.Overlay(t, mounted.Erofs(t, merged), stores)
	checkShows(t, dir, map[string]string{"a": long + "a", "b": long + "b", "new": "new", "same": long + "a", "small": "small", "top": long})
}

// checkShows checks which files dir shows, and their contents.
func checkShows(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	names := listing(t, dir)
	if len(names) != len(want) {
		t.Errorf("shows %q, want %d files", names, len(want))
	}
	for name, content := range want {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || string(got) != content {
			t.Errorf("%s has %d bytes, %v, want %d", name, len(got), err, len(content))
		}
	}
}
