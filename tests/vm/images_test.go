//go:build vm

package vm_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// writeImages makes the images that the registry in the machine serves: app, which can
// be run, next, another version of it, which shares two of its layers and some files of
// the others, many, which has more files, and pause, of which CRI-O makes pods.
func writeImages(dir string) error {
	path, err := exec.LookPath("busybox")
	if err != nil {
		return err
	}
	busybox, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	base := podman.Layer(
		layertest.Dir("bin"), layertest.Dir("etc"), layertest.Dir("proc"), layertest.Dir("sys"), layertest.Dir("dev"), layertest.Dir("run"),
		layertest.Dir("tmp").Owner(0, 0, 0o1777), layertest.File("etc/passwd", "root:x:0:0:root:/:/bin/sh\n"),
		// What podman would make in a container otherwise.
		layertest.File("etc/hosts", ""), layertest.File("etc/hostname", ""), layertest.File("etc/resolv.conf", ""),
		layertest.Symlink("etc/mtab", "/proc/mounts"), layertest.File("run/.containerenv", ""),
		layertest.File("bin/busybox", string(busybox)).Owner(0, 0, 0o755), layertest.Symlink("bin/sh", "busybox"),
		layertest.Symlink("bin/cat", "busybox"), layertest.Symlink("bin/touch", "busybox"), layertest.Symlink("bin/sleep", "busybox"))
	for name, layers := range map[string][][]byte{
		"app":   {base, files("lib", 1, 150), files("srv", 2, 100), changes("lib", 1)},
		"next":  {base, files("lib", 1, 150), files("srv", 3, 100), changes("lib", 2), files("opt", 2, 50)},
		"many":  {base, files("many", 4, 2500)},
		"pause": {base},
	} {
		img := podman.Image{Layers: layers, Compression: podman.Gzip, Cmd: []string{"/bin/sh"}}
		if err := img.WriteLayout(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return nil
}

// files returns a layer of so many files in a directory: most of some KB, a few of up to
// 300. Files of the same seed and number are the same, but for every third, which depends
// on the directory too.
func files(dir string, seed uint64, count int) []byte {
	entries := []layertest.Entry{layertest.Dir(dir)}
	for i := range count {
		entries = append(entries, layertest.File(fmt.Sprintf("%s/%03d", dir, i), content(dir, seed, i)))
	}
	return podman.Layer(entries...)
}

// content returns the content of a file of the layer of [files].
func content(dir string, seed uint64, number int) string {
	r := rand.New(rand.NewPCG(seed, uint64(number)))
	size := r.IntN(8 << 10)
	if number%20 == 0 {
		size = r.IntN(300 << 10)
	}
	b := make([]byte, size)
	for j := range b {
		b[j] = "0123456789abcdef"[r.IntN(16)]
	}
	if number%3 == 0 {
		return string(b) + dir
	}
	return string(b)
}

// changes returns a layer that deletes and replaces some of the files that the layer of
// [files] has, and adds others.
func changes(dir string, seed int) []byte {
	return podman.Layer(layertest.Dir(dir),
		layertest.File(fmt.Sprintf("%s/.wh.%03d", dir, seed), ""), layertest.File(fmt.Sprintf("%s/.wh.%03d", dir, seed+10), ""),
		layertest.File(dir+"/020", fmt.Sprintf("replaced by %d, and long enough to be an object of its own in the pool", seed)).Owner(7, 7, 0o4755),
		layertest.Link(dir+"/link", dir+"/020"), layertest.Dir(dir+"/new"), layertest.File(dir+"/new/short", "in the image"),
		layertest.File(dir+"/new/label", "a file with an xattr, and with enough in it to be an object").Xattr("user.label", "value"))
}
