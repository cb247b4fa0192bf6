//go:build linux

package e2e_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestFullDisk pulls onto a disk that has room for a part of an image: of its objects, of
// its layer images, of the store's records. podman reports which file had no room, nothing is
// left, and with room again the image can be pulled.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	s := podman.NewSmallStore(t, 32<<20)
	pullWithoutRoom(t, s, []int{0, 50, 100, 300, 700, 1200, 1250, 1300, 1316, 1320, 1350}, func(t *testing.T, kilobytes int) func() {
		return s.Fill(t, int64(kilobytes)<<10)
	})
}

// TestNoInodes does the same on a disk that has room for few files.
func TestNoInodes(t *testing.T) {
	t.Parallel()
	s := podman.NewSmallStore(t, 32<<20, "-N1024")
	pullWithoutRoom(t, s, []int{0, 10, 50, 100, 200, 250, 300}, func(t *testing.T, files int) func() { return s.FillInodes(t, files) })
}

// pullWithoutRoom pulls with so much room, of which at least the first is too little.
func pullWithoutRoom(t *testing.T, s *podman.Store, room []int, fill func(t *testing.T, room int) (restore func())) {
	img := victim(podman.Gzip)
	want := seenPlain(t, img)
	s.Podman(t, podman.Ours, podman.Options{}).Run("info") // probes the kernel
	for i, n := range room {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			p := s.Podman(t, podman.Ours, podman.Options{})
			from := newSite(t, img)
			restore := fill(t, n)
			_, err := p.Try("pull", "-q", "--retry=0", from.ref)
			switch {
			case err != nil:
				checkNoRoom(t, p, err)
				if full := "the file system of store " + s.Root + " is full"; i == 0 && strings.Count(err.Error(), full) != 1 {
					t.Errorf("podman does not say once that %s", full)
				}
			case i == 0:
				t.Error("the pull succeeded")
			}
			restore()
			if _, err := p.Try("images"); err != nil { // it may warn of an incomplete layer
				t.Fatal(err)
			}
			if err != nil {
				checkSound(t, p)
			}
			if _, err := p.Try("pull", "-q", from.ref); err != nil {
				t.Fatal(err)
			}
			same(t, "wanted and pulled", want, seen(t, p, from.ref))
			checkPool(t, p)
			checkLayers(t, p)
			p.Run("rmi", from.ref)
			checkEmpty(t, p)
		})
	}
}

// checkNoRoom checks the error of a pull and its leftovers while the disk is full. Then
// containers/storage may fail to undo its changes: it reports the failure, and its next start
// removes the layer and the files in its temporary directories.
func checkNoRoom(t *testing.T, p *podman.Podman, err error) {
	t.Helper()
	t.Log(err)
	_, said, _ := strings.Cut(err.Error(), "Error: ")
	if strings.Count(said, "no space left on device") != 1 || !strings.Contains(said, "blob sha256:") || strings.Contains(said, "/proc/") {
		t.Errorf("podman said %s", said)
	}
	if !strings.Contains(err.Error(), "While recovering from a failure") {
		checkSound(t, p)
		return
	}
	checkPool(t, p)
	for _, l := range p.Store.Left() {
		if !strings.HasPrefix(l, "temporary directory ") {
			t.Errorf("left behind: %s", l)
		}
	}
}
