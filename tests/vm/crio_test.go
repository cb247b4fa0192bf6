//go:build vm

package vm_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/nodes"
	"github.com/composefs-storage/composefs-storage/tests/vm/machine"
)

const (
	pause  = "127.0.0.1:5000/pause"
	socket = "/run/crio/crio.sock"
	crictl = "/data/bin/crictl --config /data/crio/crictl.yaml "
)

// crioDisk makes a data disk with CRI-O and its configuration. Only tests of CRI-O need it, and the root disk is that
// of all. It is linked with the libraries of podman.
func crioDisk(t *testing.T) string {
	t.Helper()
	dir, disk := t.TempDir(), filepath.Join(t.TempDir(), "data.img")
	for program, command := range map[string]string{"crio": "make crio", "crictl": "make crio-tools", "pinns": "make crio-tools"} {
		path := filepath.Join(*bin, program)
		needs.Built(t, path, command)
		must(t, machine.Copy(path, filepath.Join(dir, "bin", program)))
	}
	c := nodes.Configuration{Bin: "/data/bin", Socket: socket, Metrics: 9090, Image: fmt.Sprintf("pause_image = %q", pause),
		Runtime: "disable_hostport_mapping = true"} // the machine has no firewall
	must(t, os.MkdirAll(filepath.Join(dir, "crio/networks"), 0o755))
	for name, text := range map[string]string{
		"crio.conf":   c.CRIO("/data/crio", "/usr/sbin/runc"),
		"crictl.yaml": "runtime-endpoint: unix://" + socket + "\nimage-endpoint: unix://" + socket + "\ntimeout: 600\n",
	} {
		must(t, os.WriteFile(filepath.Join(dir, "crio", name), []byte(text), 0o644))
	}
	must(t, machine.MakeDisk(disk, 1<<30, dir, "verity"))
	return disk
}

// bootNode boots a machine that mounts verified images only, and starts what systemd starts on a node: the check of the
// store, whose output it returns, and CRI-O.
func bootNode(t *testing.T, disk string) (g guest, checked string) {
	t.Helper()
	g = boot(t, disk)
	g.mode("require")
	g.run("ln -s /run /var/run; mkdir -p /run/crio /data/state/composefs-storage; touch /etc/hosts /etc/resolv.conf")
	checked = g.unit("ExecStart")
	g.run(`
		/data/bin/crio --config /data/crio/crio.conf --config-dir '' --log-level warning >>/data/crio/log.txt 2>&1 &
		echo $! >/run/crio.pid
		until test -S ` + socket + ` && ` + crictl + `version >/dev/null 2>&1; do
			kill -0 $(cat /run/crio.pid) || { cat /data/crio/log.txt; exit 1; }
			sleep 0.2
		done`)
	t.Cleanup(func() {
		if t.Failed() {
			if out, err := g.Run("tail -n 40 /data/crio/log.txt"); err == nil { // otherwise it is off
				t.Logf("the end of CRI-O's log: %s", out)
			}
		}
	})
	return g, checked
}

// unit runs the commands of a setting of composefs-storage-check.service.
func (g guest) unit(setting string) (out string) {
	g.t.Helper()
	text, err := os.ReadFile("../../hack/systemd/composefs-storage-check.service.in")
	must(g.t, err)
	count := 0
	for line := range strings.Lines(string(text)) {
		if command, ok := strings.CutPrefix(line, setting+"="); ok {
			out += g.run(strings.NewReplacer("%S", "/data/state", "@PREFIX@", "/usr").Replace(command))
			count++
		}
	}
	if count == 0 {
		g.t.Fatalf("the unit has no %s", setting)
	}
	return out
}

// shutdown ends CRI-O and turns the machine off. Containers end with the machine.
func (g guest) shutdown() {
	g.t.Helper()
	g.run("pid=$(cat /run/crio.pid); kill $pid; while kill -0 $pid 2>/dev/null; do sleep 0.1; done")
	g.unit("ExecStop")
	g.off()
}

// tryContainer runs a container of an image in a pod of its own, and returns its ID.
func (g guest) tryContainer(name, image string) (id string, err error) {
	g.t.Helper()
	script := "set -e\n"
	for file, request := range map[string]nodes.Object{
		"pod":       nodes.Pod(name, "/data/crio/log", nodes.HostNetwork),
		"container": nodes.Container(name, image, nodes.HostNetwork),
	} {
		text, err := json.Marshal(request)
		must(g.t, err)
		script += "cat >/tmp/" + file + ".json <<'END'\n" + string(text) + "\nEND\n"
	}
	id, err = g.Run(script + "pod=$(" + crictl + "runp /tmp/pod.json)\n" +
		"id=$(" + crictl + "create $pod /tmp/container.json /tmp/pod.json)\n" + crictl + "start $id")
	return strings.TrimSpace(id), err
}

// container does the same with an image that must run.
func (g guest) container(name, image string) (id string) {
	g.t.Helper()
	id, err := g.tryContainer(name, image)
	must(g.t, err)
	return id
}

// exec runs a shell script in a container.
func (g guest) exec(id, script string) (string, error) {
	return g.Run(crictl + "exec --sync " + id + " sh -c '" + script + "'")
}

// see fails unless a shell script in a container prints this.
func (g guest) see(id, script, want string) {
	g.t.Helper()
	if got, err := g.exec(id, script); err != nil || strings.TrimSpace(got) != want {
		g.t.Errorf("a container prints %q, want %q, error %v", got, want, err)
	}
}

// sums is a script that prints the digests of all files of app.
const sums = `/bin/busybox find /bin /lib /srv -type f -exec /bin/busybox sha256sum {} + | /bin/busybox sort`

// TestCRIO runs pods by CRI-O on a sealed store. A changed object gives EIO in a pod, and an exchanged image gets no
// container.
func TestCRIO(t *testing.T) {
	t.Parallel()
	disk := crioDisk(t)
	g, _ := bootNode(t, disk)
	g.run(crictl + "pull " + app)
	id := g.container("sealed", app)
	g.see(id, "cat /lib/new/short; cat /proc/self/cgroup", "in the image0::/")
	want, err := g.exec(id, sums)
	must(t, err)
	if got := g.run("/guest pool /data/store/overlay-composefs"); strings.HasPrefix(got, "0 ") || !strings.HasSuffix(got, ", 0 not") {
		t.Error("of the pool:", got)
	}
	if mounts := g.run("mount"); !strings.Contains(mounts, "verity=require") {
		t.Errorf("no mount verifies: %s", mounts)
	}
	g.shutdown()

	damaged := verity.Sum([]byte(content("lib", 1, 100)))
	must(t, machine.Flip(disk, pool+"objects/"+objects.Path(damaged), ""))
	g, checked := bootNode(t, disk)
	if checked != "" {
		t.Errorf("after a shutdown, the store is checked: %s", checked)
	}
	id = g.container("changed", app)
	if out, err := g.exec(id, "cat /lib/100"); err == nil || !strings.Contains(err.Error(), "Input/output error") {
		t.Errorf("a changed object: %q, %v; want EIO", out, err)
	}
	g.see(id, "cat /lib/new/short", "in the image")
	g.checked("a changed object", 3, "object damaged "+damaged.String(), "image "+app, "/lib/100")
	g.run(repair)
	g.checked("repaired", 0)
	g.see(g.container("repaired", app), sums, strings.TrimSpace(want))

	g.run(crictl + "rmp --all --force")
	// CRI-O has mounted the directory of layers on itself, and files have no links across mounts.
	const exchange = `
		mkdir -p /tmp/flat; mountpoint -q /tmp/flat || mount --bind /data /tmp/flat; cd /tmp/flat
		image=` + pool + `images/$(composefs-storage digest ` + app + ` | cut -d " " -f 1)
		other=` + pool + `images/$(composefs-storage digest ` + pause + ` | cut -d " " -f 1)
		link=$(find store/overlay/*/composefs-data -inum $(stat -c %i $image))
		`
	g.run(exchange + "cp $other t; mv t $image; ln -f $image $link")
	_, err = g.tryContainer("exchanged", app)
	if err == nil || !strings.Contains(err.Error(), "its content has fs-verity digest") || !strings.Contains(err.Error(), "composefs-storage check --all") {
		t.Errorf("an exchanged image: %v", err)
	}
	g.checked("exchanged", 3, "merged image damaged", "image "+app)
	g.run(repair)
	g.see(g.container("mended", app), sums, strings.TrimSpace(want))
	g.run(crictl + "rmp --all --force")

	// An image without fs-verity is hashed, and sealed before its mount.
	g.run(exchange + "cp $image t; mv t $image; ln -f $image $link")
	g.see(g.container("unsealed", app), sums, strings.TrimSpace(want))
	if sealed := g.run(exchange + "/guest sealed $image"); !strings.HasPrefix(sealed, "true ") {
		t.Errorf("an image without fs-verity is mounted: %s", sealed)
	}
}

// TestCRIOPowerCuts cuts the power while a pod runs and CRI-O pulls another image. The check of the store runs before
// CRI-O, which keeps all images, and the pod runs again.
func TestCRIOPowerCuts(t *testing.T) {
	t.Parallel()
	disk := crioDisk(t)
	g, _ := bootNode(t, disk)
	g.run(crictl + "pull " + app)
	want, err := g.exec(g.container("first", app), sums)
	must(t, err)
	before, err := g.Worked()
	must(t, err)
	g.run(crictl + "pull " + many)
	after, err := g.Worked()
	must(t, err)
	const listed = crictl + "images --no-trunc | sort"
	for i, part := range []float64{0.3, 0.6, 0.9} {
		g.run(crictl + "rmi " + many + " && sync")
		images := strings.Split(g.run(listed), "\n")
		begin, err := g.Worked()
		must(t, errors.Join(err, g.Start(crictl+"pull "+many)))
		waitWork(t, g.Machine, begin+time.Duration(part*float64(after-before)))
		must(t, g.Cut())

		var checked string
		g, checked = bootNode(t, disk)
		t.Logf("cut after %.0f%%: %s", part*100, checked)
		if !strings.Contains(checked, "found: 0 damaged") {
			t.Errorf("the check before CRI-O prints %s", checked)
		}
		now := g.run(listed)
		for _, image := range images {
			if !strings.Contains(now, image) {
				t.Errorf("an image is gone: %s of %s", image, now)
			}
		}
		g.see(g.container(fmt.Sprint("again", i), app), sums, strings.TrimSpace(want))
		g.run(crictl + "pull " + many)
		g.run("composefs-storage check --all")
		if got := g.run("/guest pool /data/store/overlay-composefs"); strings.HasPrefix(got, "0 ") || !strings.HasSuffix(got, ", 0 not") {
			t.Error("of the pool:", got)
		}
	}
	g.run(crictl + "rmp --all --force; for image in $(" + crictl + "images --quiet); do " + crictl + "rmi $image; done; composefs-storage gc")
	left := g.run("composefs-storage gc --dry-run; find /data/" + pool + "objects /data/" + pool + "images -type f; mount | grep erofs || true")
	if !strings.HasSuffix(left, "size: 0 B") {
		t.Errorf("left behind: %s", left)
	}
}
