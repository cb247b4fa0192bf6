//go:build linux

package e2e_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// onFullDisk is a command that is given on a disk with little room, and again with enough.
type onFullDisk struct {
	name    string
	room    []int // kilobytes that are free; with the first, or none, it must fail
	prepare func(t *testing.T, p *podman.Podman, ref string) (command []string)
	makes   string // the image that it makes, with the tree of container box
	says    string // the part of our errors that names what we were about
}

func onFullDisks() []onFullDisk {
	// box changes files, so that 400 kilobytes are to be stored, and some to be deleted.
	box := func(p *podman.Podman, ref string) {
		p.Run("run", "--name", "box", "-v", p.Store.Dir+":/from:ro", ref, "sh", "-c", changeMuch)
	}
	room := []int{0, 20, 100, 300, 420}
	return []onFullDisk{
		{name: "merge at the first mount", room: []int{0, 4, 20, 100}, says: "merge layers: ", prepare: func(t *testing.T, p *podman.Podman, ref string) []string {
			for _, merged := range glob(t, p.Store.Root, "overlay/*/composefs-data/merged.blob") {
				if err := os.Remove(merged); err != nil {
					t.Fatal(err)
				}
			}
			return []string{"image", "mount", ref}
		}},
		{name: "mount", room: []int{-1, 0}, prepare: func(_ *testing.T, _ *podman.Podman, ref string) []string {
			return []string{"image", "mount", ref}
		}},
		{name: "run", room: []int{0, 4, 20}, prepare: func(_ *testing.T, _ *podman.Podman, ref string) []string {
			return []string{"run", "--rm", ref, "true"}
		}},
		{name: "commit", room: room, makes: "localhost/made", says: "convert layer ", prepare: func(_ *testing.T, p *podman.Podman, ref string) []string {
			box(p, ref)
			return []string{"commit", "-q", "box", "localhost/made"}
		}},
		{name: "load", room: room, makes: "localhost/made", says: "convert layer ", prepare: func(_ *testing.T, p *podman.Podman, ref string) []string {
			box(p, ref)
			p.Run("commit", "-q", "box", "localhost/made")
			p.Run("save", "-q", "--format", "oci-archive", "-o", p.Store.Dir+"/archive", "localhost/made")
			p.Run("rmi", "localhost/made")
			return []string{"pull", "-q", "oci-archive:" + p.Store.Dir + "/archive"}
		}},
		{name: "build", room: room, makes: "localhost/made", says: "convert layer ", prepare: func(t *testing.T, p *podman.Podman, ref string) []string {
			box(p, ref)
			writeFile(t, p.Store.Dir, "Containerfile", "FROM "+ref+"\nRUN "+changeMuch+"\n")
			return []string{"build", "-q", "--network=none", "-v", p.Store.Dir + ":/from:ro", "-t", "localhost/made", p.Store.Dir}
		}},
		{name: "remove", room: []int{0, 4}, prepare: func(_ *testing.T, p *podman.Podman, ref string) []string {
			box(p, ref)
			p.Run("commit", "-q", "box", "localhost/other")
			return []string{"rmi", "--ignore", "localhost/other"} // stock may have removed it although it failed
		}},
	}
}

const changeMuch = "cp /from/large /home/large; cp /from/large /home/again; echo x >>/home/again; rm -r /gone; touch /new; touch -d @9 /new /home/large /home/again"

// TestNoRoom does on a full disk what else is done with images. Either it succeeds or
// podman reports which file had no room; every earlier image is whole, and nothing else is
// there; and with room again it succeeds.
func TestNoRoom(t *testing.T) {
	for _, c := range onFullDisks() {
		for i, room := range c.room {
			t.Run(fmt.Sprint(c.name, " ", room), func(t *testing.T) {
				t.Parallel()
				p := podman.NewSmallStore(t, 64<<20).Podman(t, podman.Ours, podman.Options{})
				img := image(t, rich()[0], wide())
				ref := pushImage(t, img)
				p.Run("pull", "-q", ref)
				large := make([]byte, 200_000)
				_, _ = rand.NewChaCha8([32]byte{7}).Read(large)
				writeFile(t, p.Store.Dir, "large", string(large))
				command := c.prepare(t, p, ref)
				before := p.Run("images", "-q", "--no-trunc")
				restore := func() {}
				if room >= 0 {
					restore = p.Store.Fill(t, int64(room)<<10)
				}
				_, err := p.Try(command...)
				switch {
				case err != nil:
					checkSaid(t, err, c.says)
				case i == 0 && room >= 0:
					t.Error("it succeeded")
				}
				if _, err := p.Try("images", "-q"); err != nil && !strings.Contains(err.Error(), "incomplete layer") { // which containers/storage has to remove first
					t.Errorf("on the full disk: %v", err)
				}
				restore()
				checkPool(t, p)
				after, wrong := p.Try("images", "-q", "--no-trunc") // it may warn of an incomplete layer
				if wrong != nil || err != nil && c.makes != "" && after != before {
					t.Errorf("images %q, %v, there were %q", after, wrong, before)
				}
				loaded, err := p.Try(command...)
				if err != nil {
					t.Fatalf("with room again: %v", err)
				}
				made := c.makes
				if c.name == "load" {
					made = loaded
				}
				if made != "" {
					same(t, "container and image", seenByContainer(t, p, "box"), seen(t, p, made))
				}
				same(t, "wanted and left", seenPlain(t, img), seen(t, p, ref))
				checkLayers(t, p)
				p.Run("system", "prune", "-f", "--external") // a build that fails leaves its container
				p.Run("rm", "-af", "-t0")
				p.Run("image", "unmount", "-af")
				p.Run("rmi", "-af")
				checkEmpty(t, p)
			})
		}
	}
}

// checkSaid checks the error of a command that had no room: the reason, and our step
// if it was ours.
func checkSaid(t *testing.T, err error, says string) {
	t.Helper()
	t.Log(err)
	_, said, _ := strings.Cut(err.Error(), "Error: ")
	if !strings.Contains(said, "no space left on device") || strings.Contains(said, "/proc/") {
		t.Errorf("podman said %s", said)
	}
	if _, ours, ok := strings.Cut(said, says); ok && says != "" && strings.Count(ours, "no space left on device") != 1 {
		t.Errorf("the reason is not said once: %s", said)
	}
}

// wide returns a layer with many names, so that its merged image is large.
func wide() []byte {
	entries := []layertest.Entry{layertest.Dir("from"), layertest.Dir("wide")}
	for i := range 1000 {
		entries = append(entries, layertest.File(fmt.Sprintf("wide/%s-%d", strings.Repeat("n", 100), i), ""))
	}
	return podman.Layer(entries...)
}
