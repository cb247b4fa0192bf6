//go:build linux

package cluster

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

const pause = Host + "/pause:1"

func pushPause(r *Registry) error {
	base, err := Busybox()
	if err != nil {
		return err
	}
	return r.Push("pause:1", podman.Image{Layers: [][]byte{base}, Compression: podman.Gzip,
		Cmd: []string{"sh", "-c", `trap "exit 0" TERM; while :; do sleep 1000 & wait; done`}})
}

// Busybox returns a layer with busybox.
func Busybox() ([]byte, error) {
	path, err := exec.LookPath("busybox")
	if err != nil {
		return nil, err
	}
	program, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	entries := []layertest.Entry{layertest.Dir("tmp").Owner(0, 0, 0o1777), layertest.File("bin/busybox", string(program)).Owner(0, 0, 0o755)}
	for _, dir := range []string{"bin", "dev", "etc", "proc", "run", "sys", "var"} {
		entries = append(entries, layertest.Dir(dir))
	}
	for name := range strings.FieldsSeq("cat date df dd echo find grep head httpd id ls mount nc sed sh sha256sum sleep stat sync test touch true wget xargs") {
		entries = append(entries, layertest.Symlink("bin/"+name, "busybox"))
	}
	return podman.Layer(entries...), nil
}

// Recipe is the name of what [Application] makes, which changes with it.
const Recipe = "1"

const (
	filesOfLayer = 200
	changedFiles = 10 // one of so many files is new in a version
)

// sizes are those of the files of a layer, in turn. 60 layers have as many files and bytes as the image of 60 of Debian's
// packages that "make bench" pulls.
var sizes = [filesOfLayer / changedFiles]int{500, 1000, 1500, 2000, 3000, 3000, 4000, 5000, 6000, 8000, 8000, 10_000, 12_000, 16_000, 20_000, 30_000, 50_000, 70_000, 120_000, 330_000}

// Application returns a version of an application of so many layers. Each version is built anew: a tenth of the bytes of
// each layer is new, and all files have new times, so that no version has a layer of another one but the lowest.
func Application(layers, version int) (podman.Image, error) {
	base, err := Busybox()
	if err != nil {
		return podman.Image{}, err
	}
	img := podman.Image{Layers: [][]byte{base}, Compression: podman.Gzip, Cmd: []string{"httpd", "-f", "-p", "8080", "-h", "/app"}}
	built := podman.Time.Add(time.Duration(version) * 24 * time.Hour)
	for i := range layers - 1 {
		dir := fmt.Sprintf("app/%02d", i)
		entries := []layertest.Entry{layertest.Dir("app"), layertest.Dir(dir)}
		for j := range filesOfLayer {
			since := 1 // the version that the content is of
			for v := 2; v <= version; v++ {
				if j%changedFiles == v%changedFiles {
					since = v
				}
			}
			entries = append(entries, layertest.File(fmt.Sprintf("%s/%03d", dir, j), content(sizes[j/changedFiles], uint64(i), uint64(j), uint64(since))))
		}
		for k := range entries {
			entries[k].ModTime = built
		}
		img.Layers = append(img.Layers, podman.Layer(entries...))
	}
	return img, nil
}

// content returns text that can be compressed to half its size.
func content(size int, seeds ...uint64) string {
	var seed [32]byte
	for i, s := range seeds {
		seed[i*8] = byte(s)
	}
	data := make([]byte, (size+1)/2)
	_, _ = rand.NewChaCha8(seed).Read(data)
	return hex.EncodeToString(data)[:size]
}
