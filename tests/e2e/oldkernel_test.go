//go:build linux

package e2e_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/driver/kernel/mountinfo"
	"github.com/composefs-storage/composefs-storage/tests/oldkernel"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestOldKernels has podman run on kernels that lack one thing after the other: each has
// another way to the same.
func TestOldKernels(t *testing.T) {
	for _, c := range []struct {
		release                 oldkernel.Release
		loop, strings, metacopy bool // how it mounts
	}{
		{oldkernel.Linux6_15, false, false, true},
		{oldkernel.Linux6_12, false, false, true},
		{oldkernel.Linux6_11, true, false, true},
		{oldkernel.Linux6_7, true, true, true},
	} {
		t.Run(c.release.String(), func(t *testing.T) {
			t.Parallel()
			p := onKernel(t, c.release)
			checkWhole(t, p, func(dir string) {
				checkLayers(t, p)
				checkMerged(t, p, dir)
				if got := driverSays(t, p, "Composefs"); got != "on" {
					t.Errorf("composefs is %s", got)
				}
				options := podman.MountAt(t, dir).Options
				if got := slices.Contains(options["metacopy"], "on"); got != c.metacopy {
					t.Errorf("metacopy=on: %v", got)
				}
				if got := len(options["lowerdir"]) > 0; got != c.strings {
					t.Errorf("all lower layers in one option: %v: %v", got, options)
				}
				if got := strings.HasPrefix(erofsSource(t, p.Store), "/dev/loop"); got != c.loop {
					t.Errorf("mounted from a loop device: %v", got)
				}
				big := filepath.Join(upperOf(t, p, "box"), "home/big")
				if _, err := unix.Lgetxattr(big, "trusted.overlay.metacopy", nil); (err == nil) != c.metacopy {
					t.Errorf("%s has metadata only: %v", big, err)
				}
			})
		})
	}
}

// onKernel returns ours with a fresh store, on an old kernel.
func onKernel(t *testing.T, release oldkernel.Release) *podman.Podman {
	kernel := oldkernel.New(t, release) // which must last longer than the store
	return podman.NewStore(t).Podman(t, podman.Ours, podman.Options{Kernel: kernel})
}

// TestNewerKernel has a container that was changed on a kernel that needs metacopy=on, and whose
// upper directory so has files without contents, be used on one that does not.
func TestNewerKernel(t *testing.T) {
	t.Parallel()
	old := onKernel(t, oldkernel.Linux6_15)
	ref := pull(t, old, rich()...)
	old.Run("run", "--name", "box", ref, "sh", "-c", changes)
	want := changedPlain(t, ref)
	reboot(t, old.Store)
	p := old.Store.Podman(t, podman.Ours, podman.Options{})
	same(t, "plain and ours, on a newer kernel", want, seenByContainer(t, p, "box"))
	p.Run("commit", "-q", "box", "committed")
	same(t, "plain and committed", want, seen(t, p, "committed"))
}

// erofsSource returns the source of the mount of an image of the store.
func erofsSource(t *testing.T, s *podman.Store) string {
	t.Helper()
	mounts, err := mountinfo.Self()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mounts {
		if m.Type == "erofs" && strings.HasPrefix(m.Point, s.RunRoot+"/") {
			return m.Source
		}
	}
	t.Fatal("no image is mounted")
	return ""
}

// tooOld are kernels on which composefs cannot be mounted.
var tooOld = []oldkernel.Release{oldkernel.Linux6_4, oldkernel.Linux5_1}

// whyTooOld is the reason that podman must report there.
const whyTooOld = "data-only layers of overlayfs not supported (Linux 6.5 has it)"

// warnTooOld is the beginning of the warning of a pull.
const warnTooOld = "composefs: pulled layers stay plain: " + whyTooOld

// TestTooOldKernels has podman run on kernels that cannot mount composefs: it is plain
// overlay, and reports why.
func TestTooOldKernels(t *testing.T) {
	for _, release := range tooOld {
		t.Run(release.String(), func(t *testing.T) {
			t.Parallel()
			kernel := oldkernel.New(t, release) // which must last longer than the store
			p := podman.NewStore(t).Podman(t, podman.Ours, podman.Options{Kernel: kernel, Warns: warnTooOld})
			checkWhole(t, p, func(dir string) {
				if got := driverSays(t, p, "Composefs"); !strings.HasPrefix(got, "off: "+whyTooOld) || strings.Contains(got, "\n") {
					t.Errorf("composefs is %s", got)
				}
				if blobs := glob(t, p.Store.Root, "overlay/*/composefs-data"); len(blobs) > 0 {
					t.Errorf("layers are composefs: %q", blobs)
				}
			})
			ref := pushImage(t, image(t, rich()...))
			if out := logs(t, p, "pull", "-q", ref); strings.Count(out, `level=warning msg="`+warnTooOld) != 1 {
				t.Errorf("a pull does not warn once of %q: %s", warnTooOld, out)
			}
		})
	}
}

// TestTooOldKernelWithImages boots such a kernel on a store that has composefs layers: what
// would mount them reports why it cannot, once; all else works.
func TestTooOldKernelWithImages(t *testing.T) {
	for _, release := range tooOld {
		t.Run(release.String(), func(t *testing.T) {
			t.Parallel()
			kernel := oldkernel.New(t, release)
			p := podman.New(t, podman.Ours)
			ref := pull(t, p, rich()...)
			p.Run("run", "--name", "box", ref, "sh", "-c", changes)
			if err := p.Store.Settle(); err != nil {
				t.Fatal(err)
			}
			tree := seen(t, p, ref)
			reboot(t, p.Store)

			old := p.Store.Podman(t, podman.Ours, podman.Options{Kernel: kernel, Warns: warnTooOld})
			other := pullOther(t, old) // with a layer that both have
			for _, args := range [][]string{
				{"image", "mount", ref}, {"mount", "box"}, {"run", "--rm", ref, "true"}, {"start", "-a", "box"}, {"commit", "-q", "box", "c"}, {"run", "--rm", other, "true"},
			} {
				out, err := old.Try(args...)
				if err == nil || strings.Count(err.Error(), whyTooOld) != 1 {
					t.Errorf("%q: %s, %v, want %q once", args, out, err, whyTooOld)
				}
			}
			dir := t.TempDir()
			old.Run("save", "-q", "--format", "oci-dir", "-o", dir, ref)
			q := podman.New(t, podman.Plain)
			same(t, "pulled and saved", tree, seen(t, q, q.Run("pull", "-q", "oci:"+dir)))
			old.Run("rm", "box")
			old.Run("rmi", "-a")
			checkEmpty(t, old)
		})
	}
}
