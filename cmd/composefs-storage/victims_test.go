package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/mounted"
)

// Files of the layers: small ones, and large ones that get temporary names while they
// are stored.
const (
	smallFiles, smallSize = 2500, 6 << 10
	largeFiles, largeSize = 8, 1 << 20
)

// layerFiles returns the files of a layer. A fifth of them are in all layers, and every
// ninth has the content of the one before.
func layerFiles(seed uint64, small, large int) []layertest.Entry {
	var files []layertest.Entry
	for i := range small + large {
		size, id := smallSize, uint64(i)
		if i >= small {
			size, id = largeSize, uint64(1_000_000+i-small)
		}
		if id%9 == 8 {
			id--
		}
		owner := seed
		if id%5 == 0 {
			owner = 0 // shared
		}
		files = append(files, layertest.File(fmt.Sprintf("usr/%d/%d", i%50, i), randomText(owner, id, size)))
	}
	return files
}

// randomText returns text of that many bytes or a few fewer.
func randomText(seed, id uint64, size int) string {
	r := rand.New(rand.NewPCG(seed, id))
	size -= r.IntN(size / 4)
	b := make([]byte, size)
	for i := range b {
		b[i] = byte('a' + r.Uint32()%26)
	}
	return string(b)
}

// layersDir makes a directory with the tar of a layer, and another layer, "base", that
// is in the pool already.
func layersDir(t *testing.T, dir string, small, large int) *victim {
	t.Helper()
	v := &victim{dir: dir, image: "out/image"}
	for name, entries := range map[string][]layertest.Entry{
		"base.tar": layerFiles(1, small/4, large), "layer.tar": layerFiles(2, small, large),
	} {
		writeFile(t, v.path(name), string(layertest.Tar(entries...)))
	}
	mkdir(t, v.path("base"))
	mkdir(t, v.path("out"))
	v.args = []string{"convert-layer", "base.tar", "--pool", "pool", "--image", "base/image", "--diff", "base/diff"}
	v.run(t)
	for _, name := range filesBelow(t, v.path("base")) {
		v.kept = append(v.kept, filepath.Join("base", name))
	}
	return v
}

// newOut empties the directory of the image; in every third round an old image is in it.
func (v *victim) newOut(t *testing.T, round int) {
	t.Helper()
	out := filepath.Dir(v.path(v.image))
	remove(t, out)
	mkdir(t, out)
	if round%3 == 1 {
		writeFile(t, v.path(v.image), oldImage)
	}
}

// convertVictim converts a layer.
func convertVictim(t *testing.T) *victim {
	return convertVictimIn(t, memoryDir(t), smallFiles, largeFiles)
}

func convertVictimIn(t *testing.T, dir string, small, large int) *victim {
	t.Helper()
	v := layersDir(t, dir, small, large)
	v.args = []string{"convert-layer", "layer.tar", "--pool", "pool", "--image", v.image, "--diff", "out/diff"}
	v.diff, v.whole = "out/diff", true
	v.reset = func(t *testing.T, round int) {
		v.newOut(t, round)
		if round%2 == 1 {
			mkdir(t, v.path(v.diff))
		}
	}
	return v
}

// mergeVictim merges a layer that stock containers/storage has written with the other
// one, and so adopts objects.
func mergeVictim(t *testing.T) *victim {
	const smallFiles, largeFiles = 600, 2
	v := layersDir(t, memoryDir(t), smallFiles, largeFiles)
	const blob = "stock/composefs-data/composefs.blob"
	v.args = []string{"merge", "base/image", blob, "--pool", "pool", "--image", v.image}
	v.diff = "stock/diff"
	contents := map[string]string{} // by payload
	dump := "/ 0 40755 2 0 0 0 0.0 - - -\n"
	for i, e := range layerFiles(3, smallFiles, largeFiles) {
		payload := fmt.Sprintf("%02x/%d", i%256, i)
		contents[payload] = e.Content
		dump += fmt.Sprintf("/%d %d 100644 1 0 0 0 0.0 %s - -\n", i, len(e.Content), payload)
		v.kept = append(v.kept, filepath.Join(v.diff, payload))
	}
	mkdir(t, v.path(filepath.Dir(blob)))
	cmd := v.command()
	cmd.Args = []string{cmd.Path, "mkcomposefs", "--from-file", "-", blob}
	cmd.Stdin = strings.NewReader(dump)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("mkcomposefs: %v\n%s", err, out)
	}
	v.reset = func(t *testing.T, round int) {
		v.newOut(t, round)
		remove(t, v.path(v.diff))
		for payload, content := range contents {
			path := filepath.Join(v.path(v.diff), payload)
			mkdir(t, filepath.Dir(path))
			writeFile(t, path, content)
		}
	}
	return v
}

// memoryDir returns a directory in memory if root runs the test: durability does not matter after a kill,
// and on a disk the test would mostly wait for syncs.
func memoryDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if os.Getuid() == 0 {
		mounted.Tmpfs(t, dir, "size=256m")
	}
	return dir
}

func writeFile(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func mkdir(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(path, 0o750); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
}
