//go:build crio

package crio_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

const (
	checkUnit = "composefs-storage-check.service"
	crioUnit  = "crio.service"
	dropIn    = crioUnit + ".d/50-composefs.conf"
)

// bootUnits are units of systemd, which others need. None of them starts a service.
var bootUnits = []string{"basic.target", "multi-user.target", "network-online.target", "network.target", "shutdown.target"}

// installUnits writes the units of the node: that of CRI-O, with what "make install" and "make install-crio" add to it.
func (n *node) installUnits() error {
	units, prefix := filepath.Join(n.Dir, "units"), filepath.Join(n.Dir, "prefix")
	ours, err := filepath.Abs("../../hack/systemd")
	if err != nil {
		return err
	}
	crio, err := filepath.EvalSymlinks("../../.cache/cri-tools/cri-o")
	if err != nil {
		return fmt.Errorf("%w: make crio-tools", err)
	}
	texts := map[string]string{ // what the machine of the tests lacks, and where the node differs from others
		crioUnit + ".d/60-node.conf": "[Service]\nEnvironment='CRIO_CONFIG_OPTIONS=--config " + n.Dir + "/crio.conf --config-dir='\n" +
			"StandardError=append:" + n.CRIOLog() + "\n",
		checkUnit + ".d/60-node.conf": "[Service]\nStandardOutput=append:" + n.checkLog() + "\nStandardError=append:" + n.checkLog() + "\n",
		"sysinit.target":              "[Unit]\nDefaultDependencies=no\n",
	}
	for name, file := range map[string]string{checkUnit: checkUnit + ".in", dropIn: dropIn + ".in"} {
		text, err := os.ReadFile(filepath.Join(ours, file))
		if err != nil {
			return err
		}
		texts[name] = strings.ReplaceAll(string(text), "@PREFIX@", prefix)
	}
	links := map[string]string{
		filepath.Join(prefix, "bin/composefs-storage"):            filepath.Join(n.bin, "composefs-storage"),
		filepath.Join(prefix, "libexec/composefs-storage/crio"):   filepath.Join(n.bin, n.program()),
		filepath.Join(units, crioUnit):                            filepath.Join(crio, "contrib/systemd", crioUnit),
		filepath.Join(units, "multi-user.target.wants", crioUnit): "../" + crioUnit,
	}
	for _, name := range bootUnits {
		links[filepath.Join(units, name)] = filepath.Join("/lib/systemd/system", name)
	}
	for name, text := range texts {
		path := filepath.Join(units, name)
		err = errors.Join(err, os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644))
	}
	for path, target := range links {
		err = errors.Join(err, os.MkdirAll(filepath.Dir(path), 0o755), os.Symlink(target, path))
	}
	return err
}

func (n *node) checkLog() string { return filepath.Join(n.Dir, "check.log") }

// property returns a property of a unit.
func (n *node) property(unit, name string) string {
	n.t.Helper()
	return strings.TrimSpace(n.shell(`systemctl show --value --property "$1" "$2"`, name, unit))
}

// microseconds returns when something happened to a unit, in microseconds since the machine of the tests has booted.
func (n *node) microseconds(unit, name string) int {
	n.t.Helper()
	value, err := strconv.Atoi(n.property(unit, name))
	must(n.t, err)
	return value
}

// TestUnits has systemd boot a node by the units of the packages, CRI-O's own unit among them. After a power cut,
// composefs-storage-check.service repairs an object before CRI-O checks the store. CRI-O then removes
// no image, and the next container reads the right content.
func TestUnits(t *testing.T) {
	t.Parallel()
	needs.File(t, "/lib/systemd/systemd", "systemd")
	content := strings.Repeat("content\n", 1000)
	ref := push(t, "damage", podman.Layer(layertest.File("file", content)))
	for name, damage := range map[string]bool{"sound": false, "damaged": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newNode(t, ours, options{image: pauseImage(t), systemd: true})
			if started := n.property(crioUnit, "ExecStart"); !strings.Contains(started, "path="+n.Dir+"/prefix/libexec/composefs-storage/crio ;") {
				t.Errorf("crio.service starts %s", started)
			}
			n.crictl("pull", ref)
			n.pod("old").container("old", ref)
			images := n.crictl("images", "--quiet")
			must(t, n.die())
			if damage {
				must(t, os.Remove(filepath.Join(n.root, "overlay-composefs/objects", objects.Path(verity.Sum([]byte(content))))))
			}
			n.boot()
			n.awaitCRIO()
			log, err := os.ReadFile(n.checkLog())
			must(t, err)
			if repaired := strings.Contains(string(log), "repaired: "); repaired != damage || strings.Count(string(log), "found: ") != 1 {
				t.Errorf("the check prints\n%s", log)
			}
			ended, began := n.microseconds(checkUnit, "ActiveEnterTimestampMonotonic"), n.microseconds(crioUnit, "ExecMainStartTimestampMonotonic")
			if ended == 0 || ended > began {
				t.Errorf("the check ends at %d µs, and CRI-O begins at %d µs", ended, began)
			}
			if got := n.crictl("images", "--quiet"); got != images {
				t.Errorf("images are %q, want %q", got, images)
			}
			if got := n.exec(n.pod("new").container("new", ref), "cat /file"); got != strings.TrimSpace(content) {
				t.Errorf("a container reads %.100q", got)
			}
			n.sound()
			n.clear()
		})
	}
}
