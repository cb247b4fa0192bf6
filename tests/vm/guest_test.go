//go:build vm

package vm_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/dump"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/tests/vm/machine"
)

// guest is a machine whose failures end the test.
type guest struct {
	t *testing.T
	*machine.Machine
}

// boot starts a machine whose kernel can mount composefs.
func boot(t *testing.T, disks ...string) guest {
	t.Helper()
	if tooOld() {
		t.Skipf("Linux %s cannot mount composefs", system.Release())
	}
	return bootAny(t, disks...)
}

// tooOld reports whether the kernel is older than 6.5, the first with data-only layers.
func tooOld() bool {
	var major, minor int
	_, _ = fmt.Sscanf(system.Release(), "%d.%d", &major, &minor)
	return major < 6 || major == 6 && minor < 5
}

// bootAny starts a machine with data disks, of which it mounts the first, and a registry.
func bootAny(t *testing.T, disks ...string) guest {
	t.Helper()
	m, err := system.Boot(t.TempDir(), disks...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Cut() })
	g := guest{t, m}
	g.run("mount /dev/vdb /data && mkdir -p /data/tmp && { /guest registry /images & }")
	return g
}

// run runs a script and returns its output. The first line that fails ends it.
func (g guest) run(script string) string {
	g.t.Helper()
	out, err := g.Run("set -e\n" + script)
	if err != nil {
		g.t.Fatal(err)
	}
	return strings.TrimSuffix(out, "\n")
}

// off turns the machine off.
func (g guest) off() {
	g.t.Helper()
	if err := g.Off(); err != nil {
		g.t.Fatal(err)
	}
}

// newDisk makes a data disk.
func newDisk(t *testing.T, features ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "data.img")
	if err := machine.MakeDisk(path, 2<<30, "", features...); err != nil {
		t.Fatal(err)
	}
	return path
}

const (
	app   = "127.0.0.1:5000/app"
	next  = "127.0.0.1:5000/next"
	many  = "127.0.0.1:5000/many"
	plain = "export CONTAINERS_STORAGE_CONF=/etc/containers/plain.conf\n"

	pullApp  = "podman pull -q " + app + " >/dev/null\n"
	pullNext = "podman pull -q " + next + " >/dev/null\n"

	convertAll = "composefs-storage convert --all >/dev/null\n"
)

// asPlain is a script that runs another one on the same store without composefs, and so
// without fs-verity.
func asPlain(script string) string {
	return "cp /etc/containers/composefs.conf /tmp/mode; echo 'verity = \"off\"' >/etc/containers/composefs.conf\n" +
		"export CONTAINERS_STORAGE_CONF=/etc/containers/off.conf\n" + script +
		"unset CONTAINERS_STORAGE_CONF; mv /tmp/mode /etc/containers/composefs.conf\n"
}

// show is a script that prints the tree of an image.
func show(image string) string { return "/guest tree $(podman image mount " + image + ")\n" }

// mode sets how fs-verity is used from now on.
func (g guest) mode(mode string) {
	g.t.Helper()
	g.run(fmt.Sprintf("echo 'verity = %q' >/etc/containers/composefs.conf", mode))
}

// tree returns the tree that a script prints.
func (g guest) tree(script string) *tree.Tree {
	g.t.Helper()
	t, err := dump.Parse(strings.NewReader(g.run(script)+"\n"), dump.Strict)
	if err != nil {
		g.t.Fatal(err)
	}
	return t
}

// must fails the test at an error.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
