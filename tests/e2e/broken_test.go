//go:build linux

package e2e_test

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// breakages are ways in which a disk may break, and the kernel's errors.
var breakages = []struct {
	name, says string
	do         func(*podman.Store, testing.TB)
}{
	{"gone", "input/output error", (*podman.Store).Shutdown},
	{"read-only", "read-only file system", (*podman.Store).Freeze},
}

// TestBrokenDisk has the disk break when a server has sent so many bytes of a layer, and
// unwritten data are lost. The pull fails and reports the reason; on the disk that was mended
// there are whole objects only, and the image can be pulled.
func TestBrokenDisk(t *testing.T) {
	img := victim(podman.Gzip)
	want := seenPlain(t, img)
	for _, b := range breakages {
		for _, after := range []int{0, 300_000, 415_969} {
			t.Run(fmt.Sprintf("%s after %d", b.name, after), func(t *testing.T) {
				t.Parallel()
				store := podman.NewSmallStore(t, 32<<20, "-eremount-ro")
				p := store.Podman(t, podman.Ours, podman.Options{})
				p.Run("info")
				s := newSite(t, img)
				var once sync.Once
				s.answer = func(w http.ResponseWriter, r *http.Request, digest string, _ int) bool {
					if digest == s.Layers[1] {
						serveBytes(&pausing{w, after, func() { once.Do(func() { b.do(store, t) }) }}, r, s.Blobs[digest])
					}
					return digest == s.Layers[1]
				}
				_, err := p.Try("pull", "-q", "--retry=0", s.ref)
				if err == nil {
					t.Error("the pull succeeded")
				} else {
					checkBroken(t, err, b.says)
				}
				store.Repair(t)
				checkPool(t, p)
				if _, err := p.Try("pull", "-q", s.ref); err != nil { // it may warn of an incomplete layer
					t.Fatal(err)
				}
				same(t, "wanted and pulled", want, seen(t, p, s.ref))
				checkPool(t, p)
				checkLayers(t, p)
				p.Run("rmi", s.ref)
				checkEmpty(t, p)
			})
		}
	}
}

// checkBroken checks podman's error about a broken disk: the reason, and of a layer
// that was staged only once. Without its lock containers/storage panics.
func checkBroken(t *testing.T, err error, says string) {
	t.Helper()
	said, _, panics := strings.Cut(err.Error(), "panic: open ")
	t.Log(said)
	if !strings.Contains(err.Error(), says) || strings.Contains(said, "/proc/") {
		t.Errorf("podman said %s", said)
	}
	_, ours, ok := strings.Cut(said, "staging a partially-pulled layer: ")
	if !panics && !strings.Contains(said, "Error: ") || ok && strings.Count(ours, says) != 1 {
		t.Errorf("podman said %s", said)
	}
}

// TestBrokenLater makes the disk read-only under images and containers: commands that only read go on,
// commands that write report the reason, and nothing is damaged. It is not parallel: a pause process of
// another test's user copies the mount of the disk, and keeps it until that test ends.
func TestBrokenLater(t *testing.T) {
	store := podman.NewSmallStore(t, 32<<20, "-eremount-ro")
	p := store.Podman(t, podman.Ours, podman.Options{})
	ref := pull(t, p, rich()...)
	other := push(t, many(3)...)
	want := seen(t, p, ref)
	p.Run("run", "--name", "box", ref, "sh", "-c", changes)
	changed := seenByContainer(t, p, "box")
	store.Freeze(t)
	for _, command := range [][]string{
		{"pull", "-q", "--retry=0", other}, {"commit", "-q", "box", "made"}, {"rmi", "-f", ref}, {"run", "--rm", ref, "true"},
	} {
		if _, err := p.Try(command...); err == nil {
			t.Errorf("%q succeeded", command)
		} else {
			checkBroken(t, err, "read-only file system")
		}
	}
	store.Repair(t)
	checkPool(t, p)
	same(t, "image before and after", want, seen(t, p, ref))
	same(t, "container before and after", changed, seenByContainer(t, p, "box"))
	p.Run("pull", "-q", other)
	p.Run("commit", "-q", "box", "made")
	same(t, "container and image", changed, seen(t, p, "made"))
	p.Run("rm", "-af")
	p.Run("rmi", "-af")
	checkEmpty(t, p)
}

// TestMergeAheadFails pulls where no merged image can be stored: the pull succeeds, and
// the first mount reports the fault.
func TestMergeAheadFails(t *testing.T) {
	t.Parallel()
	p := podman.New(t, podman.Ours)
	img := image(t, rich()...)
	ref := pushImage(t, img)
	p.Run("pull", "-q", ref)
	p.Run("rmi", ref)
	images := p.Store.Root + "/overlay-composefs/images"
	if err := os.Remove(images); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(images, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	p.Run("pull", "-q", ref)
	_, err := p.Try("image", "mount", ref)
	if err == nil {
		t.Fatal("it was mounted")
	}
	if said := err.Error(); strings.Count(said, "not a directory") != 1 || !strings.Contains(said, images) || !strings.Contains(said, ": merge layers: ") {
		t.Errorf("podman said %s", said)
	}
	if err := os.Remove(images); err != nil {
		t.Fatal(err)
	}
	same(t, "wanted and pulled", seenPlain(t, img), seen(t, p, ref))
	p.Run("rmi", ref)
	checkEmpty(t, p)
}

// TestReadOnlyStore runs containers of the images of a store on a disk that is mounted
// read-only: of an image that it has merged, and of one that nobody has.
func TestReadOnlyStore(t *testing.T) {
	t.Parallel()
	there := podman.NewSmallStore(t, 32<<20)
	q := there.Podman(t, podman.Ours, podman.Options{})
	img := image(t, rich()...)
	ref := pushImage(t, img)
	q.Run("pull", "-q", ref)
	for _, merged := range []bool{true, false} {
		if !merged {
			for _, blob := range glob(t, there.Root, "overlay/*/composefs-data/merged.blob") {
				if err := os.Remove(blob); err != nil {
					t.Fatal(err)
				}
			}
		}
		there.Remount(t, true)
		p := podman.NewStore(t).Podman(t, podman.Ours, podman.Options{Additional: []string{there.Root}})
		if got := p.Run("run", "--name", "box", ref, "sh", "-c", "cat /hidden/new; echo x >/home/x; touch -d @9 /home/x"); got != "new" {
			t.Errorf("merged %t: the container says %q", merged, got)
		}
		p.Run("create", "--name", "look", ref, "true")
		same(t, "wanted and seen", seenPlain(t, img), seenByContainer(t, p, "look"))
		p.Run("commit", "-q", "box", "made")
		same(t, "container and image", seenByContainer(t, p, "box"), seen(t, p, "made"))
		p.Run("rm", "-f", "box", "look")
		p.Run("rmi", "made")
		checkPool(t, p)
		there.Remount(t, false)
		checkPool(t, q)
	}
	q.Run("rmi", "-f", ref)
	runTool(t, q, "gc") // the merged image of which this test has removed the links left no trace
	checkEmpty(t, q)
}

// pausing is a response in which something is done after so many bytes.
type pausing struct {
	http.ResponseWriter
	left int
	do   func()
}

func (p *pausing) Write(b []byte) (n int, err error) {
	if p.left <= len(b) && p.do != nil {
		n, err = p.ResponseWriter.Write(b[:p.left])
		p.ResponseWriter.(http.Flusher).Flush()
		p.do()
		b, p.do = b[p.left:], nil
		if err != nil {
			return n, err
		}
	}
	p.left -= len(b)
	more, err := p.ResponseWriter.Write(b)
	return n + more, err
}
