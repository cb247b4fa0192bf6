//go:build boot

package boot_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/podman"
	"github.com/composefs-storage/composefs-storage/tests/vm/machine"
)

// makeKeys makes a key and its certificate, variables of the firmware that admit nothing else, and a signed boot loader. It
// runs in the image of the tools.
const makeKeys = `
cd /keys
openssl req -quiet -newkey rsa:2048 -nodes -x509 -days 3650 -subj /CN=test -keyout key -out certificate
owner=6a0f3ab4-5d0b-4ba9-a9f5-0d4d6b9a7f3c
virt-fw-vars --input none.fd --output variables.fd --secure-boot \
	--set-pk $owner certificate --add-kek $owner certificate --add-db $owner certificate
sbsign --key key --cert certificate --output loader /usr/lib/systemd/boot/efi/systemd-bootx64.efi
`

// secure is an init that only runs scripts, in machines that the firmware starts.
const secure = kernelOptions + " init=/usr/lib/boot-test/init"

// partition mounts the EFI system partition where composefs-boot finds it.
const partition = "set -e\nmountpoint -q /sysroot/boot || mount /dev/vdc /sysroot/boot\n"

// TestSecureBoot boots a host from firmware that verifies a boot loader, the boot loader a unified kernel image, its
// command line the image of the root, and that the files. It updates the host, rolls it back, and changes the command line.
func TestSecureBoot(t *testing.T) {
	h := newHost(t, kind{base: *base, unified: true})
	h.must(os.MkdirAll(filepath.Join(h.esp, "EFI/BOOT"), 0o755))
	h.must(machine.Copy(h.keys("loader"), filepath.Join(h.esp, "EFI/BOOT/BOOTX64.EFI")))
	h.must(machine.MakePartition(h.esp+".img", 256<<20, h.esp))

	// The kernel of this machine may lack fs-verity.
	r := h.start(machine.FromFiles(filepath.Join(h.dir, "vmlinuz"), filepath.Join(h.dir, "initramfs"), secure+" boot=composefs composefs=?"+h.first()))
	r.run("/usr/lib/boot-test/guest seal /sysroot/composefs/objects")
	r.off()
	h.step("enable fs-verity")

	r = h.bootFirmware()
	first := r.checkSecure("1")
	r.run("echo admin >/etc/changed.conf")
	r.cutAt(partition+update, "+ mv /sysroot/boot/loader/loader.conf.new")
	h.step("power cut in mv of loader.conf")

	r = h.bootFirmware()
	t.Logf("version %s boots", r.run("cat /usr/lib/boot-test/version"))
	t.Log(r.run(partition + update + "composefs-boot status"))
	h.step("update")
	r.leave()

	r = h.bootFirmware()
	second := r.checkSecure("2")
	r.run("[ \"$(cat /etc/changed.conf)\" = admin ]")
	t.Log(r.run(partition + "composefs-boot rollback"))
	r.leave()

	// The entry of the boot loader is not signed, and its options do not count.
	h.edit("loader/entries/composefs-"+first+".conf", "options init=/bin/false composefs=?"+second+"\n")
	r = h.bootFirmware()
	r.checkSecure("1")
	r.leave()

	// The command line is signed.
	h.must(machine.Replace(h.esp+".img", "composefs="+first, "composefs="+second))
	h.must(h.firmware().Refused(h.TempDir(), "Access denied", h.disk, h.oci+".img", h.esp+".img"))
	h.step("a changed command line")
}

// unify makes keys and unified kernel images with both versions. The image has the same digest with it.
func (h *host) unify(p *podman.Podman) {
	h.Helper()
	p.Run("import", "-q", *tools, "localhost/tools")
	file, err := filepath.Abs("../../hack/boot/Containerfile.unified")
	h.must(err)
	h.must(machine.Copy(machine.Variables, h.keys("none.fd")))
	p.Run(append(append([]string{"run", "--rm", "-v", h.keys("") + ":/keys"}, limits...), "localhost/tools", "sh", "-ec", makeKeys)...)
	h.step("keys")
	for _, version := range []string{"1", "2"} {
		image, unified := "localhost/test:"+version, "localhost/unified:"+version
		id := h.command(filepath.Join(bin, "composefs-storage"), "digest", "--bootable", image)
		p.Run(append(append([]string{"build", "-q", "-t", unified, "-f", file}, limits...),
			"--build-arg=IMAGE="+image, "--build-arg=TOOLS=localhost/tools", "--build-arg=ID="+id, "--build-arg=OPTIONS="+secure,
			"--secret=id=key,src="+h.keys("key"), "--secret=id=certificate,src="+h.keys("certificate"), filepath.Dir(file))...)
		if again := h.command(filepath.Join(bin, "composefs-storage"), "digest", "--bootable", unified); again != id {
			h.Errorf("the digest of version %s was %s, and is %s with the unified kernel image", version, id, again)
		}
		h.step("podman build of hack/boot/Containerfile.unified")
	}
	tree := p.Run("image", "mount", "localhost/test:1")
	h.command("../../hack/boot/composefs-boot", "kernel", tree, h.dir)
	p.Run("image", "unmount", "localhost/test:1")
}

// keys returns a path in the directory that makeKeys fills, or the directory.
func (h *host) keys(name string) string { return filepath.Join(h.dir, "keys", name) }

// first returns the digest of the image that is installed.
func (h *host) first() string {
	h.Helper()
	entries, err := os.ReadDir(filepath.Join(h.tree, "state/deploy"))
	h.must(err)
	return entries[0].Name()
}

// firmware returns the system that the host's firmware starts.
func (h *host) firmware() *machine.System { return machine.FromFirmware(h.keys("variables.fd")) }

// bootFirmware boots the deployment that the boot loader chooses.
func (h *host) bootFirmware() running {
	h.Helper()
	r := h.start(h.firmware(), h.esp+".img")
	h.step("boot by firmware")
	return r
}

// checkSecure checks a host that has booted by Secure Boot, and returns the digest of its root.
func (r running) checkSecure(version string) string {
	r.Helper()
	digest := r.checkRoot()
	r.run(`
		[ "$(cat /usr/lib/boot-test/version)" = ` + version + ` ]
		grep -q " composefs=` + digest + `$" /proc/cmdline
		mountpoint -q /sys/firmware/efi/efivars || mount -t efivarfs efivarfs /sys/firmware/efi/efivars
		[ "$(od -An -t u1 -j 4 -N 1 /sys/firmware/efi/efivars/SecureBoot-*)" -eq 1 ]`)
	return digest
}

// leave turns the host off.
func (r running) leave() {
	r.Helper()
	r.run("! mountpoint -q /sysroot/boot || umount /sysroot/boot")
	r.off()
}

// edit adds lines to a file of the EFI system partition.
func (h *host) edit(path, lines string) {
	h.Helper()
	text := h.command("mtype", "-i", h.esp+".img", "::/"+path)
	if strings.Contains(text, "options") {
		h.Fatalf("%s has options: %s", path, text)
	}
	file := filepath.Join(h.dir, "entry")
	h.must(os.WriteFile(file, []byte(text+"\n"+lines), 0o600))
	h.command("mcopy", "-o", "-i", h.esp+".img", file, "::/"+path)
}
