//go:build linux

package e2e_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/mounted"
	"github.com/composefs-storage/composefs-storage/tests/oldkernel"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// fileLayers returns layers with files that [mounted.CheckOneDevice] changes.
func fileLayers() [][]byte {
	entries := []layertest.Entry{layertest.Dir("d"), layertest.Dir("d/new"), layertest.File("d/new/x", "x"), layertest.File("e", "")}
	for i := range 8 {
		entries = append(entries, layertest.File(fmt.Sprintf("d/%d", i), strings.Repeat(fmt.Sprint(i), 50*i+1)))
	}
	return [][]byte{
		podman.Layer(append(entries, layertest.Link("d/link", "e"), layertest.Symlink("d/absolute", "/e"), layertest.Device("d/null", 1, 3))...),
		podman.Layer(layertest.Dir("d"), layertest.File("d/.wh.0", ""), layertest.File("d/upper", "upper")),
	}
}

// remount returns a function that mounts a container, again if it is mounted.
func remount(p *podman.Podman, container string) func() (string, error) {
	return func() (string, error) {
		if _, err := p.Try("unmount", container); err != nil {
			return "", err
		}
		return p.Try("mount", container)
	}
}

// checkOneDevice checks that containers of an image, and mounts of the image, are one device with
// inode numbers that stay. A second container shows the same numbers.
func checkOneDevice(t *testing.T, p *podman.Podman, ref string, flags ...string) {
	t.Helper()
	for _, box := range []string{"one", "two"} {
		p.Run(append(append([]string{"create", "--name", box}, flags...), ref)...)
	}
	one, err := mounted.ReadNumbers(p.Run("mount", "one"))
	if err != nil {
		t.Error(err)
	}
	if err := mounted.CheckOneDevice(remount(p, "one"), "d"); err != nil {
		t.Error(err)
	}
	two, err := mounted.ReadNumbers(p.Run("mount", "two"))
	if err != nil {
		t.Error(err)
	}
	delete(one, ".") // of the upper directory
	if err := one.Same("in another container", two); err != nil {
		t.Error(err)
	}
	if one["e"] != one["d/link"] {
		t.Errorf("/e is inode %d, its other name %d", one["e"], one["d/link"])
	}
	if _, err := mounted.ReadNumbers(p.Run("image", "mount", ref)); err != nil {
		t.Errorf("image mount: %v", err)
	}
}

// TestOneDevice checks the numbers by which programs find that names are on one device, and are one file,
// for every way in which containers are mounted. Plain overlay shows that the check is right.
func TestOneDevice(t *testing.T) {
	t.Run("shared", func(t *testing.T) {
		both(t, func(t *testing.T, p *podman.Podman) { checkOneDevice(t, p, pull(t, p, fileLayers()...)) })
	})
	for name, kinds := range map[string][]podman.Kind{ // both need metacopy=on
		"on a plain layer": {podman.Plain, podman.Ours, podman.Ours, podman.Ours},
		"two images":       {podman.Ours, podman.Plain, podman.Ours, podman.Ours},
	} {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T, p *podman.Podman) { checkOneDevice(t, p, pullMixed(t, p, kinds...)) })
		})
	}
	t.Run("idmapped", func(t *testing.T) {
		both(t, func(t *testing.T, p *podman.Podman) {
			checkOneDevice(t, p, pull(t, p, fileLayers()...), "--uidmap=0:100000:2000", "--gidmap=0:200000:2000")
		})
	})
	t.Run("additional store", func(t *testing.T) {
		for _, kind := range []podman.Kind{podman.Plain, podman.Ours} {
			t.Run(kind.String(), func(t *testing.T) {
				ref := push(t, fileLayers()...)
				shared := readOnly(t, kind, true, ref)
				t.Run("used", func(t *testing.T) {
					q := podman.NewStore(t).Podman(t, kind, podman.Options{Additional: []string{shared}})
					q.Run("create", "--name", "one", ref)
					if err := mounted.CheckOneDevice(remount(q, "one"), "d"); err != nil {
						t.Error(err)
					}
				})
			})
		}
	})
	for _, fs := range []string{"xfs", "btrfs", "tmpfs"} {
		t.Run(fs, func(t *testing.T) {
			t.Parallel()
			p := podman.NewStoreOn(t, fs).Podman(t, podman.Ours, podman.Options{})
			checkOneDevice(t, p, pull(t, p, fileLayers()...))
		})
	}
	for _, release := range []oldkernel.Release{oldkernel.Linux6_12, oldkernel.Linux6_7} { // layers as files, and one string
		t.Run(release.String(), func(t *testing.T) {
			t.Parallel()
			p := onKernel(t, release)
			checkOneDevice(t, p, pull(t, p, fileLayers()...))
		})
	}
}

// pullMixed pulls an image layer by layer, each with a podman of another kind, ours where that is
// p's kind too.
func pullMixed(t *testing.T, p *podman.Podman, kinds ...podman.Kind) (ref string) {
	t.Helper()
	img := image(t, append([][]byte{podman.Layer(layertest.File("between", "b"))}, fileLayers()...)...)
	for i, kind := range kinds {
		part := img
		part.Layers = img.Layers[:i+1]
		ref = podman.SharedRegistry(t).Push(t, fmt.Sprint(imageName(t), "/", i), part)
		if p.Kind == podman.Plain {
			kind = podman.Plain
		}
		p.As(kind).Run("pull", "-q", ref)
	}
	return ref
}

// TestXino checks that mountopt chooses, and that no number of a file exceeds 32 bits with off.
func TestXino(t *testing.T) {
	ref := push(t, fileLayers()...)
	for _, c := range []struct {
		mountopt, option string
	}{{"nodev", "on"}, {"xino=on", "on"}, {"xino=auto", "auto"}, {"nodev,xino=off", ""}} {
		t.Run(c.mountopt, func(t *testing.T) {
			t.Parallel()
			p := podman.NewStore(t).Podman(t, podman.Ours, podman.Options{Overlay: map[string]string{"mountopt": c.mountopt}})
			p.Run("pull", "-q", ref)
			p.Run("create", "--name", "box", ref)
			dir := p.Run("mount", "box")
			if got := strings.Join(podman.MountAt(t, dir).Options["xino"], ","); got != c.option {
				t.Errorf("mounted with xino=%s, want %s", got, c.option)
			}
			var st unix.Stat_t
			if err := unix.Lstat(filepath.Join(dir, "d/7"), &st); err != nil || (st.Ino > 1<<32) != (c.option != "") {
				t.Errorf("/d/7 has inode number %d, %v", st.Ino, err)
			}
		})
	}
	t.Run("wrong", func(t *testing.T) {
		t.Parallel()
		for _, kind := range []podman.Kind{podman.Plain, podman.Ours} {
			p := podman.NewStore(t).Podman(t, kind, podman.Options{Overlay: map[string]string{"mountopt": "xino=yes"}})
			p.Run("pull", "-q", ref)
			p.Run("create", "--name", "box", ref)
			_, err := p.Try("mount", "box")
			if err == nil || kind == podman.Ours && !strings.Contains(err.Error(), "driver option mountopt: xino=yes: use on, auto or off") {
				t.Errorf("%v: mounted with xino=yes: %v", kind, err)
			}
		}
	})
}

// TestIgnoredMountOptions has podman warn once of each option that the driver decides itself.
func TestIgnoredMountOptions(t *testing.T) {
	t.Parallel()
	options := []string{"metacopy=on", "redirect_dir=off", "index=on", "nfs_export=off", "uuid=auto"}
	p := podman.NewStore(t).Podman(t, podman.Ours, podman.Options{Overlay: map[string]string{"mountopt": strings.Join(options, ",")}})
	ref := push(t, fileLayers()...)
	if _, err := p.Try("pull", "-q", ref); err != nil {
		t.Fatal(err)
	}
	p.Run("create", "--name", "one", ref)
	p.Run("create", "--name", "two", ref)
	out, err := p.Command(t.Context(), "mount", "one", "two").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, o := range options {
		if n := strings.Count(string(out), "mount option "+o+" is ignored"); n != 1 {
			t.Errorf("%d warnings of %s: %s", n, o, out)
		}
	}
	p.Run("images") // mounts nothing, so does not warn
}
