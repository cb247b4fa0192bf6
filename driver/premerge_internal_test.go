//go:build linux

package driver

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// TestFoundImage checks that the image of a layer is read once, and again only if it is another file.
func TestFoundImage(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "image")
	write := func() fs.FileInfo {
		next := filepath.Join(dir, "next") // as layer images are replaced
		if err := os.WriteFile(next, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(next, path); err != nil {
			t.Fatal(err)
		}
		st, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return st
	}
	var layers addedLayers
	reads := 0
	find := func(id string, file fs.FileInfo) *verity.Digest {
		return layers.foundImage(id, file, func() *verity.Digest {
			reads++
			d := verity.Sum([]byte{byte(reads)})
			return &d
		})
	}
	expect := func(got *verity.Digest, image byte, total int) {
		t.Helper()
		if *got != verity.Sum([]byte{image}) || reads != total {
			t.Fatalf("image %s after %d reads, expected image %d after %d", got, reads, image, total)
		}
	}
	first := write()
	expect(find("a", first), 1, 1)
	expect(find("a", first), 1, 1)
	second := write()
	expect(find("a", second), 2, 2)
	expect(find("b", second), 3, 3)
	expect(find("a", second), 2, 3)
}
