//go:build vm

// Package vm_test runs our podman in virtual machines, whose kernel has fs-verity and
// whose power can be cut. It is not part of the ordinary tests, since without help of
// the processor such a machine is slow: "make test-vm" fetches its files and runs it.
package vm_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/podman/conf"
	"github.com/composefs-storage/composefs-storage/tests/vm/machine"
)

var (
	kernel = flag.String("kernel", "", "`directory` of the kernel: hack/vm/kernel.sh prints it")
	bin    = flag.String("bin", "", "`directory` of the programs to try")
)

// system is the system that all machines boot.
var system *machine.System

func TestMain(m *testing.M) {
	flag.Parse()
	code := 1
	dir, err := os.MkdirTemp("", "composefs-vm-*")
	if err == nil {
		if system, err = build(dir); err == nil {
			code = m.Run()
		}
		err = errors.Join(err, os.RemoveAll(dir))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// build makes the system: podman and its helpers, images for the registry, and
// configuration as docs/storage.conf has it.
func build(dir string) (*machine.System, error) {
	root, guest := filepath.Join(dir, "root"), filepath.Join(dir, "guest")
	cmd := exec.Command("go", "build", "-o", guest, "./guest")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("go build: %w: %s", err, out)
	}
	if err := errors.Join(directories(root), programs(root), demoCheck(root), configuration(root), writeImages(filepath.Join(root, "images"))); err != nil {
		return nil, err
	}
	return machine.Build(dir, *kernel, guest, root)
}

func directories(root string) error {
	for _, dir := range []string{"dev", "proc", "sys", "run", "tmp", "data", "var/tmp", "var/lib/containers", "usr/sbin", "usr/bin", "usr/lib", "usr/lib64", "etc/containers"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			return err
		}
	}
	for _, dir := range []string{"bin", "sbin", "lib", "lib64"} {
		if err := os.Symlink("usr/"+dir, filepath.Join(root, dir)); err != nil {
			return err
		}
	}
	return nil
}

// programs puts the programs of this machine and ours into the system. Ours are in /usr/bin: a file
// system that the system mounts could hide their directory here, such as one in /tmp.
func programs(root string) error {
	for _, name := range []string{"runc", "conmon", "dmsetup", "setquota", "repquota", "dash", "df", "sort", "setpriv", "nsenter", "newuidmap", "newgidmap", "/usr/lib/podman/netavark"} {
		path, err := exec.LookPath(name)
		if err != nil {
			return err
		}
		if err := machine.CopyProgram(root, path, path); err != nil {
			return err
		}
	}
	for _, name := range []string{"podman", "composefs-storage"} {
		if err := machine.CopyProgram(root, filepath.Join(*bin, name), "usr/bin/"+name); err != nil {
			return err
		}
	}
	for _, name := range []string{"newuidmap", "newgidmap"} { // cp drops the bit
		if err := os.Chmod(filepath.Join(root, "usr/bin", name), os.ModeSetuid|0o755); err != nil {
			return err
		}
	}
	busybox, err := exec.LookPath("busybox")
	if err != nil {
		return err
	}
	out, err := exec.Command(busybox, "--list-full").Output()
	if err != nil {
		return err
	}
	if err := machine.Copy(busybox, filepath.Join(root, "usr/bin/busybox")); err != nil {
		return err
	}
	for path := range strings.FieldsSeq(string(out)) {
		link := filepath.Join(root, "usr", strings.TrimPrefix(path, "usr/"))
		if err := os.Symlink("/usr/bin/busybox", link); err != nil && !errors.Is(err, os.ErrExist) {
			return err
		}
	}
	return nil
}

// demoCheck puts the check of the demo where it finds composefs-storage.
func demoCheck(root string) error {
	return errors.Join(
		machine.Copy("../../hack/demo/check.sh", filepath.Join(root, "opt/hack/demo/check.sh")),
		os.Mkdir(filepath.Join(root, "opt/bin"), 0o755),
		os.Symlink("/usr/bin/composefs-storage", filepath.Join(root, "opt/bin/composefs-storage")))
}

// configuration writes what podman reads. The store is on the data disk.
func configuration(root string) error {
	sample, err := os.ReadFile("../../docs/storage.conf")
	if err != nil {
		return err
	}
	storage := strings.ReplaceAll(string(sample), "/var/lib/containers/storage", "/data/store")
	off := strings.ReplaceAll(storage, `"true"`, `"false"`)
	plain := strings.ReplaceAll(off, "/data/store", "/data/plain")
	for name, text := range map[string]string{
		"containers/storage.conf":     storage,
		"containers/off.conf":         off,
		"containers/plain.conf":       strings.ReplaceAll(plain, "/run/containers/storage", "/run/plain"),
		"containers/containers.conf":  conf.Containers("/run/libpod", "/run/networks"),
		"containers/registries.conf":  conf.Registries,
		"containers/policy.json":      `{"default": [{"type": "insecureAcceptAnything"}]}`,
		"containers/user.conf":        strings.NewReplacer("/data/store", userDir+"/store", "/run/containers/storage", userDir+"/run").Replace(storage),
		"containers/user-libpod.conf": conf.Containers(userDir+"/libpod", userDir+"/networks"),
		"passwd":                      "root:x:0:0:root:/:/bin/sh\nuser:x:1000:1000:user:" + userDir + ":/bin/sh\n",
		"group":                       "root:x:0:\nuser:x:1000:\n",
		"subuid":                      "user:100000:65536\n",
		"subgid":                      "user:100000:65536\n",
	} {
		if err := os.WriteFile(filepath.Join(root, "etc", name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
