package machine

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// write writes files below a directory.
func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

// run runs a program.
func run(t *testing.T, args ...string) {
	t.Helper()
	if err := command(args...); err != nil {
		t.Fatal(err)
	}
}

func TestFindKernel(t *testing.T) {
	for _, c := range []struct {
		name, files string
		want        string // the kernel, or a part of the error
	}{
		{"before Linux 6.19", "boot/vmlinuz-6.12 lib/modules/6.12/modules.dep", "boot/vmlinuz-6.12"},
		{"since Linux 6.19", "lib/modules/7.3/vmlinuz lib/modules/7.3/modules.dep", "lib/modules/7.3/vmlinuz"},
		{"in both places", "boot/vmlinuz-7.3 lib/modules/7.3/vmlinuz", "boot/vmlinuz-7.3"},
		{"modules of another", "boot/vmlinuz-6.12 lib/modules/6.12/x lib/modules/6.1/x", "boot/vmlinuz-6.12"},
		{"two", "boot/vmlinuz-6.12 lib/modules/6.12/x lib/modules/7.3/vmlinuz", `contains 2 kernels with modules, want one: ["6.12" "7.3"]`},
		{"without modules", "boot/vmlinuz-6.12 lib/modules/x/y", "contains 0 kernels with modules"},
		{"nothing", "boot/vmlinuz-6.12", "lib/modules: no such file"},
	} {
		dir := t.TempDir()
		for name := range strings.FieldsSeq(c.files) {
			write(t, dir, map[string]string{name: ""})
		}
		path, version, err := findKernel(dir)
		if err == nil && (path != filepath.Join(dir, c.want) || !strings.Contains(path, version)) || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %s of version %s, error %v; want %s", c.name, path, version, err, c.want)
		}
	}
}

// TestModuleFiles has depmod read modules that the compiler makes: one that is needed by another
// comes first, one that is built in has no file, and each that is missing is named.
func TestModuleFiles(t *testing.T) {
	needs.Program(t, "depmod", "kmod")
	cc := needs.Program(t, "cc", "gcc")
	dir, version := t.TempDir(), "7.3"
	modules := filepath.Join(dir, "lib/modules", version)
	write(t, modules, map[string]string{
		"modules.order": "", "modules.builtin": "kernel/fs/ext4.ko\n", "modules.builtin.modinfo": "",
		"lib.c": `int shared; const char names[] __attribute__((section("__ksymtab_strings"))) = "shared";`,
		"a.c":   `extern int shared; int a(void) { return shared; }`,
		"b.c":   `extern int shared; int b(void) { return shared; }`,
	})
	for _, name := range []string{"lib", "a", "b"} {
		run(t, cc, "-c", "-o", filepath.Join(modules, name+".ko"), filepath.Join(modules, name+".c"))
	}
	run(t, "depmod", "-b", dir, version)

	files, err := moduleFiles(dir, version, []string{"ext4", "b", "a"})
	if err != nil {
		t.Fatal(err)
	}
	for i := range files {
		files[i] = filepath.Base(files[i])
	}
	if want := []string{"lib.ko", "b.ko", "a.ko"}; !slices.Equal(files, want) {
		t.Errorf("modules to load: %q, want %q", files, want)
	}
	files, err = moduleFiles(dir, version, []string{"a", "none", "ext4", "nor-this"})
	if err == nil || !strings.Contains(err.Error(), "none") || !strings.Contains(err.Error(), "nor-this") || strings.Contains(err.Error(), "ext4") {
		t.Errorf("with modules that are missing: %q, error %v", files, err)
	}
}

// The behaviour of the stand-ins for apt: SAID is the output of apt-get, and FAILS the command that fails.
const (
	aptGet = `#!/bin/sh
for word; do
	case $word in
	indextargets) echo http://mirror.test/debian/ ;;
	update) [ "$FAILS" != update ] || { echo "$SAID"; exit 100; } ;;
	download) [ "$FAILS" != download ] || { echo "$SAID"; exit 100; }; cp "$DEBS"/*.deb . ;;
	esac
done
`
	aptCache = `#!/bin/sh
[ "$FAILS" != depends ] || { echo "$SAID" >&2; exit 100; }
printf '%s\n' linux-image-cloud-amd64 '  Depends: linux-image-7.3' linux-image-7.3 '  Depends: kmod' linux-binary-7.3 linux-modules-7.3 kmod '<linux-initramfs-tool>'
`
)

// kernelScript runs a copy of hack/vm/kernel.sh, with stand-ins for apt.
func kernelScript(t *testing.T, argument string, env ...string) (stdout, stderr string, err error) {
	t.Helper()
	dir := t.TempDir()
	for _, script := range []string{"hack/vm/kernel.sh", "hack/packages.sh"} {
		text, err := os.ReadFile("../../../" + script)
		if err != nil {
			t.Fatal(err)
		}
		write(t, dir, map[string]string{script: string(text)})
	}
	write(t, dir, map[string]string{
		"bin/apt-get": aptGet, "bin/apt-cache": aptCache,
		".cache/vm/sid/usr/lib/modules/6.1/x": "", // as the script left it once
	})
	cmd := exec.Command(filepath.Join(dir, "hack/vm/kernel.sh"), argument)
	cmd.Env = append(os.Environ(), append(env, "PATH="+filepath.Join(dir, "bin")+":"+os.Getenv("PATH"))...)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if left, _ := filepath.Glob(filepath.Join(dir, ".cache/vm/*.*")); len(left) > 0 {
		t.Errorf("the script leaves %q", left)
	}
	return strings.TrimSpace(string(out)), complaints.String(), err
}

// TestKernelScript unpacks a kernel from packages of both kinds: a single one, and one for the
// kernel and another for the modules.
func TestKernelScript(t *testing.T) {
	needs.Program(t, "depmod", "kmod")
	needs.Program(t, "dpkg-deb", "dpkg")
	for name, packages := range map[string]map[string][]string{
		"one package":    {"linux-image-7.3": {"boot/vmlinuz-7.3", "usr/lib/modules/7.3/modules.builtin"}},
		"split packages": {"linux-image-7.3": nil, "linux-binary-7.3": {"usr/lib/modules/7.3/vmlinuz"}, "linux-modules-7.3": {"usr/lib/modules/7.3/modules.builtin"}},
		"before usr":     {"linux-image-7.3": {"boot/vmlinuz-7.3", "lib/modules/7.3/modules.builtin"}},
	} {
		t.Run(name, func(t *testing.T) {
			debs := t.TempDir()
			for p, files := range packages {
				tree := filepath.Join(t.TempDir(), p)
				write(t, tree, map[string]string{"DEBIAN/control": "Package: " + p + "\nVersion: 1\nArchitecture: amd64\nMaintainer: nobody\nDescription: none\n"})
				for _, file := range files {
					write(t, tree, map[string]string{file: "kernel/fs/ext4.ko\n"})
				}
				run(t, "dpkg-deb", "-b", tree, filepath.Join(debs, p+"_1_amd64.deb"))
			}
			dir, said, err := kernelScript(t, "sid", "DEBS="+debs)
			if err != nil {
				t.Fatal(err, said)
			}
			_, version, err := findKernel(dir)
			if err != nil {
				t.Fatal(err)
			}
			if files, err := moduleFiles(dir, version, []string{"ext4"}); err != nil || len(files) != 0 {
				t.Errorf("a module that is built in: %q, error %v", files, err)
			}
		})
	}
}

func TestKernelScriptFails(t *testing.T) {
	for _, c := range []struct{ name, argument, fails, said, want string }{
		{"no such suite", "nosuch", "update", "E: The repository 'http://mirror.test/debian nosuch Release' does not have a Release file.",
			"error: http://mirror.test/debian/ has no suite nosuch\nhint: KERNEL is trixie"},
		{"no network", "sid", "update", "E: Failed to fetch http://mirror.test/debian/dists/sid/InRelease  Could not connect",
			"error: read the lists of sid from http://mirror.test/debian/: apt-get fails\nhint: without a network, set KERNEL to the directory"},
		{"package refused", "sid", "download", "E: Failed to fetch http://mirror.test/debian/pool/linux-binary-7.3.deb  403  Forbidden",
			"error: download the kernel of sid from http://mirror.test/debian/: apt-get fails\nhint: try again later"},
		{"no kernel", "sid", "depends", "E: No packages found", "error: sid has no package linux-image-cloud-amd64\nhint: KERNEL is trixie"},
		{"no directory", "./nosuch", "", "", "error: ./nosuch is not a directory\nhint: KERNEL is trixie"},
	} {
		_, said, err := kernelScript(t, c.argument, "FAILS="+c.fails, "SAID="+c.said)
		if err == nil || !strings.Contains(said, c.said) || !strings.Contains(said, c.want) {
			t.Errorf("%s: error %v: %s\nwant what apt said, and %s", c.name, err, said, c.want)
		}
	}
}
