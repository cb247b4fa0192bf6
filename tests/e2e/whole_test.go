//go:build linux

package e2e_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount/mounttest"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// checkWhole takes an image through its life with p, from the registry and back to it, and
// compares each step with plain stock podman on a usual disk. In the end
// nothing is left in the store. look is called while the image is mounted there and the
// container "box" is on it, which is not mounted.
func checkWhole(t *testing.T, p *podman.Podman, look func(dir string)) {
	t.Helper()
	img := image(t, rich()...)
	ref := pushImage(t, img)
	p.Run("pull", "-q", ref)
	same(t, "plain and pulled", seenPlain(t, img), seen(t, p, ref))

	p.Run("run", "--name", "box", ref, "sh", "-c", changes)
	same(t, "plain and container", changedPlain(t, ref), seenByContainer(t, p, "box"))
	if look != nil {
		look(p.Run("image", "mount", ref))
		p.Run("image", "unmount", ref)
	}
	p.Run("commit", "-q", "box", "once")
	same(t, "plain and committed", changedPlain(t, ref), seen(t, p, "once"))
	got := p.Run("run", "--rm", "--mount", "type=image,src=once,dst=/tmp/once", ref, "sh", "-c", "cat /tmp/once/moved/new /tmp/once/new/turned; stat -c %a:%s /tmp/once/home/big")
	if got != "newnow a file700:300000" { // an overlay on an overlay
		t.Errorf("the image as a volume has %q", got)
	}
	p.Run("run", "--name", "box2", "once", "sh", "-c", "chown 3:4 /home/big; rm -r /new")
	p.Run("commit", "-q", "box2", "twice")
	p.Run("system", "check")

	if ids := strings.Fields(p.Run("image", "inspect", "--format", "{{range .RootFS.Layers}}{{.}} {{end}}", "once")); len(ids) < len(img.Layers) || !slices.Equal(ids[:len(img.Layers)], img.DiffIDs()) {
		t.Errorf("layers %q, want first %q", ids, img.DiffIDs())
	}
	pushed := ref + "-pushed"
	p.Run("push", "-q", "twice", pushed)
	q := podman.New(t, podman.Plain)
	q.Run("pull", "-q", pushed)
	same(t, "pushed and pulled by plain", seen(t, p, "twice"), seen(t, q, pushed))

	p.Run("rm", "box", "box2")
	p.Run("rmi", "-a")
	checkEmpty(t, p)
}

// changedPlain returns the tree of a container of the image of rich layers, after changes,
// as the plain driver shows it.
func changedPlain(t *testing.T, ref string) *tree.Tree {
	t.Helper()
	plainChanged.Do(func() {
		p := podman.New(t, podman.Plain)
		p.Run("pull", "-q", ref)
		p.Run("run", "--name", "box", ref, "sh", "-c", changes)
		plainChanged.tree = seenByContainer(t, p, "box")
	})
	if plainChanged.tree == nil {
		t.Fatal("plain podman has failed")
	}
	return plainChanged.tree
}

var plainChanged struct {
	sync.Once
	tree *tree.Tree
}

// upperOf returns the upper directory of a container.
func upperOf(t *testing.T, p *podman.Podman, container string) string {
	t.Helper()
	return p.Run("container", "inspect", "--format", "{{.GraphDriver.Data.UpperDir}}", container)
}

// driverSays returns a line of podman info about the driver.
func driverSays(t *testing.T, p *podman.Podman, key string) string {
	t.Helper()
	return p.Run("info", "--format", `{{index .Store.GraphStatus "`+key+`"}}`)
}

// reboot removes the state that a reboot would: shared mounts and all that is recorded of them. No
// container must be running.
func reboot(t *testing.T, s *podman.Store) {
	t.Helper()
	must(t, s.Settle())
	dir := filepath.Join(s.RunRoot, "overlay-composefs")
	mounttest.Unmount(dir)
	if left := mounttest.Mounts(dir); len(left) > 0 {
		t.Fatalf("mounted: %s", left)
	}
	must(t, os.RemoveAll(dir))
}
