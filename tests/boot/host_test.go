//go:build boot

package boot_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/tests/podman"
	"github.com/composefs-storage/composefs-storage/tests/podman/conf"
	"github.com/composefs-storage/composefs-storage/tests/vm/machine"
)

// host is a disk that boots.
type host struct {
	*testing.T
	dir  string
	env  []string  // of commands on the store that the disk is made from
	tree string    // the files that the disk is made from
	disk string    // its image
	esp  string    // the directory that its EFI system partition is made from
	oci  string    // an OCI layout with the versions of the image
	last time.Time // when the last step ended
}

// step prints the time that a step took.
func (h *host) step(name string) {
	now := time.Now()
	h.Logf("%-45s %5.1f s", name, now.Sub(h.last).Seconds())
	h.last = now
}

// must ends the test after an error.
func (h *host) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// command runs a program of this machine and returns its output.
func (h *host) command(program string, args ...string) string {
	h.Helper()
	cmd := exec.Command(program, args...)
	cmd.Env = h.env
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		h.Fatalf("%s %q: %v: %s%s", program, args, err, out, complaints.String())
	}
	return strings.TrimSpace(string(out))
}

// bin is the directory of the programs.
var bin, _ = filepath.Abs("../../bin")

// kernelOptions are the kernel's command line but for the image.
const kernelOptions = "root=/dev/vda rw console=ttyS0 quiet panic=1"

// limits are options of "podman build" and "podman run" for a machine that may not raise them.
var limits = []string{"--network=none", "--ulimit=nproc=4096:4096"}

// kind is a kind of host.
type kind struct {
	base    string // file that hack/boot/base.sh has made
	options string // of the kernel, beside kernelOptions
	unified bool   // with unified kernel images, and host.esp is the directory of the boot loader
}

// newHost builds the image in two versions, pulls the first into the store of a new file system, installs it there and makes
// the disk.
func newHost(t *testing.T, k kind) *host {
	builder := podman.New(t, podman.Ours)
	dir := filepath.Join(builder.Store.Dir, "host")
	h := &host{T: t, dir: dir, tree: filepath.Join(dir, "tree"), disk: filepath.Join(dir, "disk"), esp: filepath.Join(dir, "esp"), oci: filepath.Join(dir, "oci"), last: time.Now()}
	h.must(os.MkdirAll(filepath.Join(dir, "tmp"), 0o711))
	h.use(builder)
	h.build(builder, k.base)
	name, options := "localhost/test:", []string{"--options", kernelOptions + k.options}
	if k.unified {
		name, options = "localhost/unified:", []string{"--boot", h.esp}
		h.unify(builder)
	}
	for _, version := range []string{"1", "2"} {
		builder.Run("push", "-q", "--compression-format=zstd", "--compression-level=1", name+version, "oci:"+h.oci+":"+version)
	}
	h.step("podman push of two versions")

	store := &podman.Store{Dir: dir, Root: filepath.Join(h.tree, "state/os/default/var/lib/containers/storage"), RunRoot: filepath.Join(dir, "run")}
	p := store.Podman(t, podman.Ours, podman.Options{Composefs: "verity = \"try\"\n"})
	t.Cleanup(func() { h.unmount(store) })
	id := p.Run("pull", "-q", "oci:"+h.oci+":1")
	h.step("podman pull")
	h.use(p)
	h.Log(h.command("../../hack/boot/composefs-boot", append(append([]string{"install", "--sysroot", h.tree}, options...), id)...))
	h.step("composefs-boot install")
	h.unmount(store)
	// podman's own records have paths of this machine.
	h.must(os.RemoveAll(filepath.Join(store.Root, "libpod")))
	h.must(os.RemoveAll(filepath.Join(store.Root, "db.sql")))
	h.must(machine.MakeDisk(h.disk, 3<<30, h.tree, "verity"))
	h.must(machine.MakeDisk(h.oci+".img", 1<<30, h.oci))
	h.step("mke2fs -O verity")
	return h
}

// use has commands work on the store of p.
func (h *host) use(p *podman.Podman) {
	h.env = append(p.Storage(h.Context()).Env, "PATH="+bin+":"+os.Getenv("PATH"))
}

// unmount unmounts what the driver leaves mounted.
func (h *host) unmount(s *podman.Store) {
	_ = unix.Unmount(filepath.Join(s.Root, "overlay"), unix.MNT_DETACH)
}

// build builds the image of hack/boot on a base, and from it two versions of the test's.
func (h *host) build(p *podman.Podman, base string) {
	h.Helper()
	p.Run("import", "-q", base, "localhost/base")
	context := filepath.Join(h.dir, "context")
	h.command("../../hack/boot/context.sh", context)
	p.Run(append(append([]string{"build", "-q"}, limits...), "--build-arg=BASE=localhost/base", "-t", "localhost/bootable", context)...)
	h.step("podman build of hack/boot/Containerfile")

	h.command("cp", "-a", "testdata", filepath.Join(h.dir, "versions"))
	root := filepath.Join(h.dir, "versions/1/root")
	guest := exec.Command("go", "build", "-o", filepath.Join(root, "usr/lib/boot-test/guest"), "../vm/guest")
	guest.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := guest.CombinedOutput(); err != nil {
		h.Fatalf("go build: %v: %s", err, out)
	}
	h.must(machine.Copy("../../docs/storage.conf", filepath.Join(root, "etc/containers/storage.conf")))
	h.must(os.WriteFile(filepath.Join(root, "etc/containers/containers.conf"), []byte(conf.Containers("/run/libpod", "/run/networks")), 0o644))
	for _, version := range []string{"1", "2"} {
		p.Run(append(append([]string{"build", "-q"}, limits...), "-t", "localhost/test:"+version, filepath.Join(h.dir, "versions", version))...)
	}
	h.step("podman build of two versions")
}

// running is a machine that has booted a host.
type running struct {
	*host
	machine *machine.Machine
	console string // file
}

// boot boots the default deployment, with its services or with an init that only runs scripts. edits change the
// kernel's command line.
func (h *host) boot(services bool, edits ...func(string) string) running {
	h.Helper()
	r := h.start(h.system(services, edits...))
	h.step(map[bool]string{true: "boot, with services", false: "boot, without services"}[services])
	return r
}

// start boots a system with the host's disk, the OCI layout, and further disks.
func (h *host) start(s *machine.System, disks ...string) running {
	h.Helper()
	dir := h.TempDir()
	m, err := s.Boot(dir, append([]string{h.disk, h.oci + ".img"}, disks...)...)
	h.must(err)
	h.Cleanup(func() { _ = m.Cut() })
	return running{h, m, filepath.Join(dir, "console")}
}

// system returns the system of the default deployment.
func (h *host) system(services bool, edits ...func(string) string) *machine.System {
	h.Helper()
	h.must(machine.Replay(h.disk))
	s, err := machine.FromDisk(h.TempDir(), h.disk, func(options string) string {
		for _, edit := range edits {
			options = edit(options)
		}
		if !services {
			options += " init=/usr/lib/boot-test/init"
		}
		return options
	})
	h.must(err)
	return s
}

// run runs a script in the machine. The first line that fails ends the test.
func (r running) run(script string) string {
	r.Helper()
	out, err := r.machine.Run("set -e; export HOME=/run\n" + script)
	r.must(err)
	return strings.TrimSpace(out)
}

// off has the machine write all to its disk, and turns it off.
func (r running) off() {
	r.Helper()
	r.must(r.machine.Off())
}

// cutAt starts a script, and cuts the power when its trace on the console has a text.
func (r running) cutAt(script, text string) {
	r.Helper()
	r.must(r.machine.Start("export HOME=/run\n" + script))
	for end := time.Now().Add(5 * time.Minute); ; time.Sleep(5 * time.Millisecond) {
		if console, err := os.ReadFile(r.console); err == nil && strings.Contains(string(console), text) {
			break
		}
		if time.Now().After(end) {
			r.Fatalf("the console does not show %q", text)
		}
	}
	r.must(r.machine.Cut())
}
