//go:build vm

package vm_test

import (
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/mounted"
)

// TestVerity asks the kernel for the fs-verity of all that pulls make, in stores by both algorithms, and compares
// the mounted trees with those of the plain overlay driver. A copy of an object without fs-verity gives EIO.
func TestVerity(t *testing.T) {
	t.Parallel()
	for _, algorithm := range []string{"sha256", "sha512"} {
		t.Run(algorithm, func(t *testing.T) {
			t.Parallel()
			verified(t, algorithm)
		})
	}
}

func verified(t *testing.T, algorithm string) {
	g := boot(t, newDisk(t, "verity"))
	g.mode("off")
	want := g.tree(plain + pullApp + show(app))
	g.mode("require")
	g.run("echo 'algorithm = \"" + algorithm + "\"' >>/etc/containers/composefs.conf")
	g.run(pullApp)
	for _, d := range mounted.Compare(want, g.tree(show(app)), mounted.Allow{DirTimes: true}) {
		t.Errorf("plain overlay and ours: %v", d)
	}
	if got := g.run("podman run --rm " + app + " cat /lib/new/short"); got != "in the image" {
		t.Errorf("a container prints %q", got)
	}
	if got := g.run("/guest pool /data/store/overlay-composefs"); strings.HasPrefix(got, "0 ") || !strings.HasSuffix(got, ", 0 not") {
		t.Error("of the pool:", got)
	}
	images := g.run("/guest sealed /data/store/overlay/*/composefs-data/*.blob")
	if strings.Count(images, "true ") < 4 || strings.Contains(images, "false ") { // app has four layers
		t.Errorf("layer images with fs-verity: %s", images)
	}
	if mounts := g.run("mount"); !strings.Contains(mounts, "verity=require") {
		t.Errorf("no mount verifies: %s", mounts)
	}
	g.run("podman image unmount -a; for o in /data/store/overlay-composefs/objects/*/*; do cp $o /data/copy; rm $o; mv /data/copy $o; done; echo 3 >/proc/sys/vm/drop_caches")
	if out, err := g.Run("cat $(podman image mount " + app + ")/bin/busybox >/dev/null"); err == nil || !strings.Contains(err.Error(), "Input/output error") {
		t.Errorf("a file that the kernel cannot verify: %q, %v; want EIO", out, err)
	}
}

// TestRequireRefuses has podman work on a disk without fs-verity.
func TestRequireRefuses(t *testing.T) {
	t.Parallel()
	g := boot(t, newDisk(t, "^verity"))
	g.mode("require")
	out, err := g.Run(pullApp)
	if err == nil || !strings.Contains(err.Error(), "tune2fs -O verity") {
		t.Errorf("a pull: %s, error %v; want advice on tune2fs", out, err)
	}
}
