//go:build linux

package e2e_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/layertest"

	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestFileSystems has the store on each of the file systems that overlayfs can write to.
func TestFileSystems(t *testing.T) {
	for _, c := range []struct {
		fs   string
		loop bool // images are mounted from loop devices
	}{
		{"ext4", false}, {"xfs", false}, {"btrfs", false},
		{"tmpfs", true},
	} {
		t.Run(c.fs, func(t *testing.T) {
			t.Parallel()
			p := podman.NewStoreOn(t, c.fs).Podman(t, podman.Ours, podman.Options{})
			checkWhole(t, p, func(dir string) {
				checkLayers(t, p)
				checkMerged(t, p, dir)
				if podman.WithoutRoot() {
					return // FUSE needs no file system below it
				}
				if got := strings.HasPrefix(erofsSource(t, p.Store), "/dev/loop"); got != c.loop {
					t.Errorf("mounted from a loop device: %v", got)
				}
			})
		})
	}
}

// TestOnOverlay has the store on an overlay, on which overlayfs cannot write: our driver reports
// the error of the stock driver, and nothing else.
func TestOnOverlay(t *testing.T) {
	likePlain(t, func(t *testing.T, p *podman.Podman) string {
		p = podman.NewStoreOn(t, "overlay").Podman(t, p.Kind, podman.Options{})
		t.Cleanup(func() { // then what tidies up can work
			// The stock driver keeps below the run root that it cannot work.
			if err := errors.Join(unix.Unmount(p.Store.Root, 0), os.RemoveAll(p.Store.RunRoot)); err != nil {
				t.Error(err)
			}
		})
		var said []string
		for _, command := range []string{"info", "images"} {
			_, err := p.Try(command)
			if err == nil {
				t.Fatalf("%s works", command)
			}
			_, message, _ := strings.Cut(err.Error(), "exit status")
			said = append(said, message)
		}
		return strings.Join(said, "\n")
	})
}

// TestLinkLimit pulls an image whose objects and whose merged image have as many links as the
// file system allows: there are new ones for the further layers.
func TestLinkLimit(t *testing.T) {
	for fs, most := range map[string]int{"ext4": 65_000, "btrfs": 65_535} {
		t.Run(fs, func(t *testing.T) {
			t.Parallel()
			p := podman.NewStoreOn(t, fs).Podman(t, podman.Ours, podman.Options{})
			popular := layertest.File("popular", strings.Repeat("popular", 1000))
			p.Run("pull", "-q", "oci:"+layout(t, podman.Layer(popular)))
			id := p.Run("images", "-q", "--no-trunc")
			want := seen(t, p, id)
			pool := filepath.Join(p.Store.Root, "overlay-composefs")
			names := append(glob(t, pool, "objects/*/*"), glob(t, pool, "images/*")...)
			if len(names) != 2 {
				t.Fatalf("the pool has %q, want an object and an image", names)
			}
			filler := filepath.Join(p.Store.Root, "filler")
			for _, name := range names {
				if links := fillLinks(t, name, filler); links != most {
					t.Errorf("%s can have %d links, want %d", name, links, most)
				}
			}
			p.Run("pull", "-q", "oci:"+layout(t, podman.Layer(popular), podman.Layer(popular))) // the same tree
			for _, image := range strings.Fields(p.Run("images", "-q", "--no-trunc")) {
				same(t, "before and after", want, seen(t, p, image))
			}
			checkLayers(t, p)
			for _, name := range names {
				if links := linksOf(t, name); links != 2 {
					t.Errorf("%s has %d links, want its own and that of a new layer", name, links)
				}
			}
			p.Run("system", "check")
			if err := os.RemoveAll(filler); err != nil {
				t.Fatal(err)
			}
			p.Run("rmi", "-a")
			checkEmpty(t, p)
		})
	}
}

// layout returns a directory with an image of these layers.
func layout(t *testing.T, layers ...[]byte) string {
	t.Helper()
	dir := t.TempDir()
	if err := (podman.Image{Layers: layers, Compression: podman.Gzip}).WriteLayout(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// fillLinks gives a file names below dir until it can have no more, and returns how many
// it has.
func fillLinks(t *testing.T, name, dir string) int {
	t.Helper()
	dir = filepath.Join(dir, filepath.Base(name))
	err := os.MkdirAll(dir, 0o700)
	for i := 0; err == nil; i++ {
		err = os.Link(name, fmt.Sprintf("%s/%d", dir, i))
	}
	if !errors.Is(err, unix.EMLINK) {
		t.Fatal(err)
	}
	return linksOf(t, name)
}

func linksOf(t *testing.T, name string) int {
	t.Helper()
	var st unix.Stat_t
	if err := unix.Lstat(name, &st); err != nil {
		t.Fatal(err)
	}
	return int(st.Nlink)
}
