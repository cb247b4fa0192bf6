//go:build linux

package layers_test

import (
	"errors"
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/mounted"
	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/ociimage"
	"github.com/composefs-storage/composefs-storage/tests/stock"
)

// TestStacked mounts layer images as stock composefs does, one over the other: their
// whiteouts and opaque directories are overlayfs's own, so it shows the same as the
// merged image, but for implied directories.
func TestStacked(t *testing.T) {
	needs.Root(t)
	shown := 0
	for i := range uint64(30) {
		t.Run(fmt.Sprintf("seed %d", *seed+i), func(t *testing.T) {
			img := ociimage.Random(*seed + i)
			if checkStacked(t, img.Implied, img.Layers) {
				shown++
			}
		})
	}
	if shown < 10 {
		t.Errorf("only %d of 30 images could be mounted so", shown)
	}
	for _, c := range layertest.Ugly() {
		if c.Err != "" || c.Name == "opaque root" { // which overlayfs overlooks
			continue
		}
		t.Run(c.Name, func(t *testing.T) { checkStacked(t, nil, c.Layers) })
	}
}

// checkStacked reports whether the kernel could show the stack at all. It looks for an
// object in the layers too, before it does in the object directory, and fails if one
// has something else at the first part of the path, such as /c3: that is why a merged
// image hides these names.
func checkStacked(t *testing.T, implied map[string]bool, layers [][]byte) bool {
	t.Helper()
	c := convertLayers(t, layers...)
	merged, err := mounted.Read(c.mountMerged(t), mounted.Options{})
	if err != nil {
		t.Fatal(err)
	}
	stacked, err := mounted.Read(c.mountStacked(t), mounted.Options{SkipGhosts: true})
	if errors.Is(err, unix.EIO) && c.hasObjectNames(t) {
		t.Logf("not to be shown by the kernel: %v", err)
		return false
	}
	if err != nil {
		t.Fatal(err)
	}
	// The topmost root counts, and in the cases implied directories are not marked.
	allow := mounted.Allow{DirTimes: true, Metadata: implied}
	if implied == nil {
		allow.Metadata = map[string]bool{"/": true, "/d": true, "/priv": true, "/usr": true, "/usr/lib": true}
	}
	report(t, "merged and stacked", mounted.Compare(merged, stacked, allow))
	return true
}

// hasObjectNames reports whether a layer has an entry in its root with the name of a
// directory of objects.
func (c converted) hasObjectNames(t *testing.T) bool {
	t.Helper()
	for _, path := range c.images {
		for _, shard := range listing(t, c.objects) {
			if _, err := openImage(t, path).Lookup(shard); err == nil {
				return true
			}
		}
	}
	return false
}

func listing(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// TestLargeDirectory compares a directory of 100,000 entries with that of the stock
// driver.
func TestLargeDirectory(t *testing.T) {
	needs.Root(t)
	entries := []layertest.Entry{layertest.Dir("d")}
	for i := range 100_000 {
		entries = append(entries, layertest.File(fmt.Sprintf("d/%d", i*7919%100_003), ""))
	}
	layers := [][]byte{
		layertest.Tar(entries...),
		layertest.Tar(layertest.Dir("d"), layertest.File("d/.wh.7919", ""), layertest.File("d/new", "new")),
	}
	ours, err := mounted.Read(convertLayers(t, layers...).mountMerged(t), mounted.Options{})
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := mounted.Read(stock.New(t).Apply(t, layers...), mounted.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if e, ok := ours.Lookup("/d"); !ok || e.Inode.Dir.Len() != 100_000 {
		t.Error("not 100,000 entries")
	}
	report(t, "converted and stock", mounted.Compare(ours, theirs, mounted.Allow{DirTimes: true}))
}
