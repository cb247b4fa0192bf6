package tests

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// packaged is the content of the two packages of "make dist".
type packaged struct {
	arch, depends string
	machine       byte // of ELF
	programs      []string
}

// build makes the packages in dir.
func (p packaged) build(t *testing.T, dir string) {
	t.Helper()
	for _, name := range []string{"composefs-storage", "podman-composefs"} {
		root := scripts(t.TempDir())
		root.write(t, "DEBIAN/control", fmt.Sprintf("Package: %s\nVersion: 1\nArchitecture: %s\nMaintainer: m\nDescription: d\nDepends: %s\n", name, p.arch, p.depends))
		for _, program := range p.programs {
			if strings.Contains(program, "composefs") == (name == "composefs-storage") {
				root.write(t, program, "\x7fELF\x02\x01\x01"+strings.Repeat("\x00", 9)+"\x02\x00"+string([]byte{p.machine})+"\x00\x01"+strings.Repeat("\x00", 43))
			}
		}
		deb := filepath.Join(dir, fmt.Sprintf("%s_1_%s.deb", name, p.arch))
		cmd := exec.Command("dpkg-deb", "--root-owner-group", "-b", root.path(""), deb)
		cmd.Env = append(os.Environ(), "SOURCE_DATE_EPOCH=1") // times of files are at most this
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
}

// TestCrossPackages compares packages for arm64 with those for this machine: same ones, and those
// that differ in one thing each.
func TestCrossPackages(t *testing.T) {
	for program, debian := range map[string]string{"dpkg-deb": "dpkg", "readelf": "binutils"} {
		needs.Program(t, program, debian)
	}
	const amd64, arm64 = 62, 183 // e_machine
	programs := []string{"usr/bin/podman", "usr/bin/composefs-storage", "usr/libexec/podman/rootlessport", "usr/libexec/podman/quadlet"}
	for name, c := range map[string]struct {
		other packaged
		says  string
	}{
		"the same":          {packaged{"arm64", "libc6", arm64, programs}, ""},
		"another field":     {packaged{"arm64", "libc7", arm64, programs}, "+Depends: libc7"},
		"a missing file":    {packaged{"arm64", "libc6", arm64, programs[:3]}, "./usr/libexec/podman/quadlet"},
		"other programs":    {packaged{"arm64", "libc6", amd64, programs}, "error: /usr/bin/podman is not for arm64"},
		"another processor": {packaged{"amd64", "libc6", arm64, programs}, "has no package composefs-storage for arm64"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScripts(t, "hack/cross/packages.sh hack/cross/arch.sh",
				"dirname mktemp rm cat dpkg-deb sed tar diff find head grep wc readelf sh", map[string]string{"hack/cross/emulate.sh": ""})
			native, other := t.TempDir(), t.TempDir()
			packaged{"amd64", "libc6", amd64, programs}.build(t, native)
			c.other.build(t, other)
			if err := os.WriteFile(filepath.Join(other, "podman.aarch64.rpm"), nil, 0o644); err != nil {
				t.Fatal(err)
			}
			out, code := s.run(t, []string{"TMPDIR="}, "hack/cross/packages.sh", "arm64", native, other)
			if (code == 0) != (c.says == "") || !strings.Contains(out, c.says) {
				t.Errorf("exit code %d: %s, want %q", code, out, c.says)
			}
		})
	}
}
