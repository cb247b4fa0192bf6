//go:build boot

package boot_test

import (
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/vm/machine"
)

// update is the script of an update to version 2. The trace of its commands goes to the console.
const update = `
mkdir -p /run/oci; mountpoint -q /run/oci || mount -o ro /dev/vdb /run/oci
id=$(podman pull -q oci:/run/oci:2)
sh -x /usr/sbin/composefs-boot update $id 2>/dev/console
`

// cuts are commands of an update, in its order, in which the power is cut.
var cuts = []string{
	"+ composefs-storage export", "+ mv /sysroot/state/deploy/.new", "+ cp /run/composefs-boot", "+ mv /sysroot/boot/loader/loader.conf.new",
}

// TestBoot installs a host from a container image, boots it, updates it, rolls it back and tampers with it.
func TestBoot(t *testing.T) {
	h := newHost(t, kind{base: *base})

	h.seal()
	r := h.boot(true)
	first := r.check("1")
	before := r.objects()
	r.run("echo admin >/etc/changed.conf; echo admin >/etc/both.conf; echo local >/etc/local.conf; rm /etc/dropped.conf; echo kept >/var/lib/kept; sync")
	for _, cut := range cuts[:*number] {
		r.cutAt(update, cut)
		h.step("power cut in " + strings.TrimPrefix(cut, "+ "))
		r = h.boot(false)
		r.checkRoot()
		if version := r.run("cat /usr/lib/boot-test/version"); version != "1" {
			t.Logf("after the cut in %q version %s boots", cut, version)
		}
	}
	t.Log(r.run(update + "composefs-boot status"))
	h.step("update")
	n := r.objects() - before
	t.Logf("the update adds %d objects to %d", n, before)
	if n < 1 || n > 15 { // files, three images, manifest, configuration and two layers
		t.Error("these are not those of the change")
	}
	r.off()

	r = h.boot(true)
	second := r.check("2")
	if first == second {
		t.Errorf("both versions are %s", first)
	}
	r.run(`cd /etc; [ ! -e gone.conf ]; [ ! -e dropped.conf ]; cat /var/lib/kept
		[ "$(cat kept.conf new.conf changed.conf both.conf local.conf | xargs)" = "2 2 admin admin local" ]`)
	t.Log(r.run("composefs-boot rollback"))
	r.off()

	// The first version has a damaged program now.
	image := filepath.Join(h.tree, "composefs/images", first)
	object := h.object(image, "/usr/bin/factor")
	h.must(machine.Flip(h.disk, "/composefs/objects/"+object, "ELF"))
	r = h.boot(false)
	if got := r.checkRoot(); got != first {
		t.Errorf("after the rollback %s boots, want %s", got, first)
	}
	if out, err := r.machine.Run("cat /usr/bin/factor >/dev/null"); err == nil || !strings.Contains(err.Error(), "Input/output error") {
		t.Errorf("a damaged program: %q, %v", out, err)
	}
	r.run("cat /usr/bin/find >/dev/null; [ \"$(cat /etc/changed.conf)\" = admin ]")
	r.off()
	h.step("rollback, a damaged program")

	// A bit of the image is flipped, in the names of the root's files.
	h.must(machine.Flip(h.disk, "/composefs/objects/"+first[:2]+"/"+first[2:], "sysroot"))
	h.refused("FILE CORRUPTED")

	// Its name leads to the second version.
	h.must(machine.Relink(h.disk, "/composefs/images/"+first, "../objects/"+second[:2]+"/"+second[2:]))
	h.refused("want " + first)
}

// seal enables fs-verity, which the kernel of this machine may lack. A question mark has the initramfs mount an image
// without it.
func (h *host) seal() {
	h.Helper()
	r := h.boot(false, func(options string) string { return strings.Replace(options, "composefs=", "composefs=?", 1) })
	h.Logf("files with fs-verity: %s", r.run("/usr/lib/boot-test/guest seal /sysroot/composefs/objects"))
	r.off()
	h.step("enable fs-verity")
}

// check checks a running host, whose services have started, and returns the digest of its root.
func (r running) check(version string) string {
	r.Helper()
	digest := r.checkRoot()
	if state := r.run("systemctl is-system-running --wait || systemctl --failed --no-legend --plain"); state != "running" {
		r.Errorf("the system is %s", state)
	}
	r.run(`
		[ "$(cat /usr/lib/boot-test/version)" = ` + version + ` ]
		fails() { ! "$@" 2>/dev/null; }
		fails touch /usr/new; fails touch /new
		touch /etc/new /var/new; rm /etc/new /var/new
		fails sh -c 'echo >>$(find /sysroot/composefs/objects -type f | head -n 1)'
		composefs-boot status | grep "` + digest + ` default booted$"
		find /usr/bin /usr/lib/*-linux-gnu -type f -exec cat {} + >/dev/null`)
	r.step("checks of version " + version)
	return digest
}

// rootMount matches the mount of the root: an overlay that verifies files, whose source is the digest of its image.
var rootMount = regexp.MustCompile(`^composefs=([0-9a-f]{64}) overlay ro,.*\bverity=require\b`)

// checkRoot checks the mount of the root, and returns the digest.
func (r running) checkRoot() string {
	r.Helper()
	mount := r.run("findmnt -rno SOURCE,FSTYPE,OPTIONS /")
	found := rootMount.FindStringSubmatch(mount)
	if found == nil {
		r.Fatalf("the root is %s", mount)
	}
	return found[1]
}

// objects returns the number of objects in the repository.
func (r running) objects() int {
	r.Helper()
	n, err := strconv.Atoi(r.run("find /sysroot/composefs/objects -type f | wc -l"))
	r.must(err)
	return n
}

// object returns the path of the object with the content of a file.
func (h *host) object(image, path string) string {
	h.Helper()
	line := h.command(filepath.Join(bin, "composefs-storage"), "ls", image, path)
	_, object, ok := strings.Cut(line, "@ ")
	if !ok {
		h.Fatalf("ls prints %s", line)
	}
	return object
}

// refused checks that the host does not boot, and that its console has a text.
func (h *host) refused(why string) {
	h.Helper()
	var err error
	for range 3 { // qemu may fail for other reasons
		if err = h.system(true).Refused(h.TempDir(), why, h.disk); err == nil {
			h.step("refused: " + why)
			return
		}
	}
	h.Error(err)
}
