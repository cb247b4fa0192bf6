//go:build linux

package podman_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/driver/kernel/mountinfo"
	"github.com/composefs-storage/composefs-storage/tests/mounted"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

func TestMain(m *testing.M) { podman.Main(m) }

// TestStoreIsRemoved leaves a container running and an image mounted: the end of the
// test removes all of it.
func TestStoreIsRemoved(t *testing.T) {
	var dir string
	t.Run("store", func(t *testing.T) {
		p := podman.New(t, podman.Plain)
		dir = p.Store.Dir
		img := podman.Image{Layers: [][]byte{podman.Busybox(t)}, Compression: podman.Gzip}
		ref := podman.SharedRegistry(t).Push(t, "removed", img)
		p.Run("pull", "-q", ref)
		p.Run("run", "-d", "--name", "box", ref, "sleep", "100")
		at := p.Run("image", "mount", ref)
		if m := podman.MountAt(t, at); m.Type != "overlay" {
			t.Errorf("%s is %s", at, m.Type)
		}
		for _, want := range []string{"mount " + at, "container " + p.Store.Root} {
			if left := p.Store.Left(); !slices.ContainsFunc(left, func(l string) bool { return strings.HasPrefix(l, want) }) {
				t.Errorf("%q is not among what is left: %q", want, left)
			}
		}
	})
	mounts, err := mountinfo.Self()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mounts {
		if strings.HasPrefix(m.Point, dir) {
			t.Errorf("mounted: %s", m.Point)
		}
	}
	if _, err := os.Lstat(dir); err == nil {
		t.Errorf("%s is left", dir)
	}
}

// TestLeft leaves one thing at a time behind: it must be seen.
func TestLeft(t *testing.T) {
	s := podman.NewStore(t)
	if left := s.Left(); len(left) > 0 {
		t.Errorf("left in an empty store: %q", left)
	}
	for _, name := range []string{
		"root/overlay/staging/1", "root/overlay/tempdirs/temp-dir-1", "root/overlay-composefs/staging/1",
		"images/overlay/staging/1", "root/overlay-containers/1/userdata",
	} {
		path := filepath.Join(s.Dir, name)
		must(t, os.MkdirAll(path, 0o700))
		if left := s.Left(); len(left) != 1 || !strings.HasSuffix(left[0], path) {
			t.Errorf("%s: left is %q", name, left)
		}
		must(t, os.RemoveAll(filepath.Join(s.Dir, filepath.Dir(name))))
	}
	for _, name := range []string{"run/with a space", "root/overlay/1/merged"} {
		path := filepath.Join(s.Dir, name)
		must(t, os.MkdirAll(path, 0o700))
		must(t, unix.Mount("tmpfs", path, "tmpfs", 0, ""))
		if left := s.Left(); len(left) != 1 || left[0] != "mount "+path {
			t.Errorf("%s: left is %q", name, left)
		}
		must(t, unix.Unmount(path, 0))
	}
	home := filepath.Join(s.Root, "overlay")
	must(t, os.MkdirAll(home, 0o700))
	mounted.Bind(t, home, home)
	if left := s.Left(); len(left) > 0 {
		t.Errorf("the stock driver's own mount is left: %q", left)
	}
}

// TestNothingIsRemovedThroughMounts mounts a directory into a store and lets the store
// be removed: the content of the directory stays.
func TestNothingIsRemovedThroughMounts(t *testing.T) {
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "precious"), nil, 0o600))
	t.Run("store", func(t *testing.T) {
		s := podman.NewStore(t)
		place := filepath.Join(s.Root, "overlay")
		must(t, os.MkdirAll(place, 0o700))
		must(t, unix.Mount(dir, place, "", unix.MS_BIND, ""))
	})
	if _, err := os.Lstat(filepath.Join(dir, "precious")); err != nil {
		t.Error(err)
	}
}

// TestErrors checks that a failure contains the command and podman's output.
func TestErrors(t *testing.T) {
	p := podman.New(t, podman.Plain)
	_, err := p.Try("run", "no such image")
	if err == nil {
		t.Fatal("it ran")
	}
	for _, want := range []string{`podman (plain) ["run" "no such image"]`, "exit status 125", "invalid reference format"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v: has no %q", err, want)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
