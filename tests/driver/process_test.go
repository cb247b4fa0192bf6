//go:build linux

package driver_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestInfo compares metadata of layers and the status of both drivers.
func TestInfo(t *testing.T) {
	p := newImage(t)
	p.container(t, "c", "top")
	for _, id := range []string{"base", "top", "c"} {
		ours, err := p.ours.Metadata(id)
		must(t, err)
		theirs, err := p.theirs.Metadata(id)
		must(t, err)
		delete(ours, "ComposefsImage")
		a, b := slices.Sorted(maps.Keys(ours)), slices.Sorted(maps.Keys(theirs))
		if id == "base" { // it has no lower layers, but an image
			a = slices.DeleteFunc(a, func(k string) bool { return k == "LowerDir" })
		}
		report(t, "metadata of "+id, differences(a, b))
		for dir := range strings.SplitSeq(ours["LowerDir"], ":") {
			if _, err := os.Stat(dir); err != nil && id == "c" { // the others have never been mounted
				t.Errorf("lower layer of %s: %v", id, err)
			}
		}
	}
	if _, err := p.ours.Metadata("missing"); err == nil {
		t.Error("a missing layer has metadata")
	}
	status := map[string]string{}
	for _, s := range p.ours.Status() {
		status[s[0]] = s[1]
	}
	for _, s := range p.theirs.Status() {
		if status[s[0]] != s[1] {
			t.Errorf("status %s: %s, stock %s", s[0], status[s[0]], s[1])
		}
	}
	if status["Composefs"] != "on" || status["Composefs Pool"] != p.ours.pool() {
		t.Errorf("status: %v", status)
	}
}

// TestCounts mounts and unmounts several times, from several processes.
func TestCounts(t *testing.T) {
	p := newImage(t)
	other := p.ours.open(t, kind{off: true}) // as podman container cleanup
	for _, s := range []*store{p.ours, p.theirs} {
		must(t, s.CreateReadWrite("c", "top", nil))
		dir := s.get(t, "c")
		if again := s.get(t, "c"); again != dir {
			t.Errorf("mounted on %s and %s", dir, again)
		}
		s.put(t, "c")
		mountLine(t, dir)
		s.put(t, "c")
		s.put(t, "c") // one too many
		report(t, "mounted", s.mounts(t))
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("mount point: %v, %v", left, err)
		}
	}
	dir := p.ours.get(t, "c")
	other.put(t, "c")
	report(t, "mounted after another process's Put", p.ours.mounts(t))
	p.ours.put(t, "c")
	p.ours.get(t, "c")
	must(t, unix.Unmount(dir, 0)) // behind everybody's back
	must(t, p.ours.Cleanup())
	report(t, "mounted after Cleanup", p.ours.mounts(t))
	p.remove(t, "c")
}

// TestLostLinks mounts after a power cut took the short names of layers.
func TestLostLinks(t *testing.T) {
	p := newImage(t)
	links, err := filepath.Glob(filepath.Join(p.ours.home(), "l", "*"))
	must(t, err)
	for _, l := range links {
		must(t, os.Remove(l))
	}
	p.compare(t, "top", "top", times, "ro")
	p.container(t, "c", "top")
	p.compare(t, "container", "c", times)
	p.sameDiff(t, "container", "c", "top", newNormal(nil, p.theirs.read(t, "top", "ro")))
}
