//go:build linux

package e2e_test

import (
	"fmt"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// rich is layers with what images have in them that needs care.
func rich() [][]byte {
	const capNetRaw = "\x01\x00\x00\x02\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	const odd = "odd/ a=b\\c\t\n@-ü" // in UTF-8, or podman refuses it in a zstd:chunked layer
	return [][]byte{podman.Layer(
		layertest.Dir("usr"), layertest.Dir("usr/bin"),
		layertest.File("usr/bin/ping", strings.Repeat("ping", 100)).Owner(0, 0, 0o755).Xattr("security.capability", capNetRaw),
		layertest.File("usr/bin/su", strings.Repeat("su", 100)).Owner(0, 0, 0o4755),
		layertest.Link("usr/bin/sudo", "usr/bin/su").Owner(0, 0, 0o4755),
		layertest.Symlink("usr/bin/doas", "su"), layertest.Symlink("absolute", "/usr/bin/su"),
		layertest.Dir("home").Owner(1000, 1001, 0o2770).Xattr("user.note", "value"),
		layertest.File("home/secret", "secret of layer 1").Owner(1000, 1001, 0o600),
		layertest.File("home/big", strings.Repeat("0123456789", 30_000)).Owner(1000, 1001, 0o640),
		layertest.Dir("odd"), layertest.File(odd, "odd name"), layertest.File("odd/"+strings.Repeat("n", 255), "long name"),
		device("odd/null"),
		layertest.File("empty", ""), layertest.File("inline", strings.Repeat("i", 64)), layertest.File("external", strings.Repeat("e", 65)),
		layertest.Dir("gone"), layertest.File("gone/a", "a"), layertest.Dir("gone/sub"), layertest.File("gone/sub/x", "x"),
		layertest.Dir("hidden"), layertest.File("hidden/old", "old"),
		layertest.File("replaced", "a file"), layertest.Dir("turned"), layertest.File("turned/f", "f"),
	), podman.Layer(
		layertest.File("home/.wh.secret", ""), layertest.File("gone/.wh.a", ""), layertest.File(".wh.absolute", ""),
		layertest.Dir("gone"), layertest.Dir("hidden"), layertest.File("hidden/.wh..wh..opq", "").Owner(0, 0, 0o755), // system check takes it for that of the directory
		layertest.File("hidden/new", "new"),
		layertest.Dir("replaced"), layertest.File("replaced/f", "now a directory"), layertest.File("turned", "now a file"),
		layertest.Dir("home").Owner(1000, 1001, 0o2750),
	), podman.Layer(
		layertest.File("usr/bin/su", strings.Repeat("SU", 100)).Owner(0, 0, 0o4711),
		layertest.Dir("usr"), layertest.Dir("usr/bin"),
	)}
}

// device returns a device or, with -rootless, a file: plain podman leaves out devices without root.
func device(name string) layertest.Entry {
	if podman.WithoutRoot() {
		return layertest.File(name, "")
	}
	return layertest.Device(name, 1, 3)
}

// many returns n layers, each of which adds a file, changes one and deletes one.
func many(n int) (layers [][]byte) {
	for i := range n {
		entries := []layertest.Entry{
			layertest.Dir("layers"),
			layertest.File(fmt.Sprintf("layers/%d", i), fmt.Sprintf("layer %d %s", i, strings.Repeat("x", 100))),
			layertest.File("layers/last", fmt.Sprintf("%d is the last %s", i, strings.Repeat("x", 100))),
		}
		if i >= 2 {
			entries = append(entries, layertest.File(fmt.Sprintf("layers/.wh.%d", i-2), ""))
		}
		layers = append(layers, podman.Layer(entries...))
	}
	return layers
}
