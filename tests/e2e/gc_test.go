//go:build linux

package e2e_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestGC removes images with stock podman, which leaves their objects and merged images
// behind, and adds leftovers of kills. A dry run counts the garbage that is then collected, and writes
// nothing; objects of the other image stay.
func TestGC(t *testing.T) {
	t.Parallel()
	p := podman.New(t, podman.Ours)
	layers := rich()
	kept := podman.SharedRegistry(t).Push(t, imageName(t)+"/kept", image(t, layers[0]))
	gone := podman.SharedRegistry(t).Push(t, imageName(t)+"/gone", image(t, append(layers, many(3)...)...))
	p.Run("pull", "-q", kept)
	p.Run("pull", "-q", gone)
	want := seen(t, p, kept)
	if c := collected(t, p); c.counts != (counts{}) {
		t.Errorf("without garbage: %+v", c)
	}
	p.As(podman.Plain).Run("rmi", gone)
	pool := filepath.Join(p.Store.Root, "overlay-composefs")
	staged := filepath.Join(pool, "staging", "1")
	if err := os.MkdirAll(filepath.Join(staged, "ab"), 0o700); err != nil {
		t.Fatal(err)
	}
	object := unlinkedObject(t, p)
	if err := os.Link(object, filepath.Join(staged, "ab", "link")); err != nil { // which keeps it until the layer is collected
		t.Fatal(err)
	}
	writeFile(t, staged, "half", "half a file")
	writeFile(t, filepath.Join(pool, "images"), ".tmp-1", "half an image")

	before := listing(t, p.Store.Root)
	dry := collected(t, p, "--dry-run")
	if after := listing(t, p.Store.Root); after != before {
		t.Errorf("a dry run has changed\n%s\nto\n%s", before, after)
	}
	if dry.Objects < 5 || dry.Images != 1 || dry.Leftovers != 2 || dry.Bytes < 11+13 || dry.Busy {
		t.Errorf("dry run: %+v", dry)
	}
	if wet := collected(t, p); wet != dry {
		t.Errorf("collected %+v, the dry run said %+v", wet, dry)
	}
	if again := collected(t, p); again.counts != (counts{}) {
		t.Errorf("again: %+v", again)
	}
	same(t, "kept", want, seen(t, p, kept))
	checkPool(t, p)
	p.Run("rmi", kept)
	checkEmpty(t, p)
}

// TestGCBusy leaves a busy pool alone, and reports that.
func TestGCBusy(t *testing.T) {
	t.Parallel()
	p := podman.New(t, podman.Ours)
	ref := pull(t, p, rich()...)
	pool, err := objects.Open(filepath.Join(p.Store.Root, "overlay-composefs"), objects.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close() //nolint:errcheck // nothing is written
	batch, err := pool.BeginStaged()
	if err != nil {
		t.Fatal(err)
	}
	defer batch.Close() //nolint:errcheck // nothing to commit
	if _, err := batch.Add([]byte(strings.Repeat("somebody's", 100))); err != nil {
		t.Fatal(err)
	}
	if c := collected(t, p, "--dry-run"); !c.Busy || c.counts != (counts{}) {
		t.Errorf("dry run: %+v", c)
	}
	out, err := tool(t, p, "gc").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "error: pool "+p.Store.Root) || !strings.Contains(string(out), "is in use") || !strings.Contains(string(out), "\nhint: ") {
		t.Errorf("%v: %s", err, out)
	}
	if err := batch.Commit(); err != nil {
		t.Error(err)
	}
	if err := batch.Close(); err != nil {
		t.Error(err)
	}
	if c := collected(t, p); c.Objects != 1 || c.Bytes != 1000 {
		t.Errorf("afterwards: %+v", c)
	}
	if err := hasBig(seen(t, p, ref)); err != nil {
		t.Error(err)
	}
}

// TestGCAndPulls collects while images are pulled and removed.
func TestGCAndPulls(t *testing.T) {
	t.Parallel()
	p := podman.New(t, podman.Ours)
	layers := many(6)
	refs := make([]string, 3)
	for i := range refs {
		refs[i] = podman.SharedRegistry(t).Push(t, imageName(t)+"/"+string(rune('a'+i)), image(t, layers[:2*i+1]...))
	}
	atOnce(t, len(refs)+1, func(i int) error {
		for range 6 {
			if i == len(refs) {
				out, err := tool(t, p, "gc").CombinedOutput()
				if err != nil && !strings.Contains(string(out), "is in use") {
					t.Errorf("%v: %s", err, out)
				}
				continue
			}
			if err := pullAgain(p, refs[i]); err != nil {
				return err
			}
			if i == 0 {
				if _, err := p.Try("rmi", "-f", refs[i]); err != nil {
					return err
				}
			}
		}
		return nil
	})
	for i := 1; i < len(refs); i++ {
		same(t, refs[i], seenPlain(t, image(t, layers[:2*i+1]...)), seen(t, p, refs[i]))
	}
	checkPool(t, p)
	p.Run("rmi", "-af")
	checkEmpty(t, p)
}

// counts are the figures of "composefs-storage gc".
type counts struct {
	Objects, Images, Leftovers int
	Bytes                      int64
}

type collection struct {
	counts
	Busy bool
}

// collected runs "composefs-storage gc" on a store with one pool.
func collected(t *testing.T, p *podman.Podman, args ...string) collection {
	t.Helper()
	var list []collection
	out := runTool(t, p, append([]string{"gc", "--json"}, args...)...)
	if err := json.Unmarshal([]byte(out), &list); err != nil || len(list) != 1 {
		t.Fatalf("%v: %s", err, out)
	}
	return list[0]
}

// unlinkedObject returns an object that no layer has.
func unlinkedObject(t *testing.T, p *podman.Podman) string {
	t.Helper()
	for _, path := range glob(t, p.Store.Root, "overlay-composefs/objects/*/*") {
		if links(t, path) == 1 {
			return path
		}
	}
	t.Fatal("there is no garbage")
	return ""
}

// listing returns the names below a directory, with modes, sizes and times.
func listing(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	walk(t, dir, func(path string, info os.FileInfo) {
		b.WriteString(path + " " + info.Mode().String() + " " + info.ModTime().String() + "\n")
	})
	return b.String()
}

// links returns how many names a file has.
func links(t *testing.T, path string) uint64 {
	t.Helper()
	var st syscall.Stat_t
	if err := syscall.Lstat(path, &st); err != nil {
		t.Fatal(err)
	}
	return uint64(st.Nlink) //nolint:unconvert // narrower on some architectures
}
