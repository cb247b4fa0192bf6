//go:build vm

package vm_test

import (
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/mounted"
)

// TestPull compares the result of a pull, without fs-verity, with that of the plain overlay
// driver makes. A container of either is one device.
func TestPull(t *testing.T) {
	t.Parallel()
	g := boot(t, newDisk(t))
	got := g.tree(pullApp + show(app))
	want := g.tree(plain + pullApp + show(app))
	for _, d := range mounted.Compare(want, got, mounted.Allow{DirTimes: true}) {
		t.Errorf("plain overlay and ours: %v", d)
	}
	if got := g.run("podman run --rm " + app + " cat /lib/new/short"); got != "in the image" {
		t.Errorf("a container prints %q", got)
	}
	for _, as := range []string{plain, ""} {
		g.run(as + "podman create --name device " + app + " >/dev/null; /guest device device lib; podman rm device >/dev/null")
	}
}
