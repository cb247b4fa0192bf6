package tests

import (
	"os"
	"strings"
	"testing"
)

// TestCross checks the environment of a cross-build, with stand-ins for the programs: a compiler and
// libraries where C code is compiled, and one sentence with the next step where something is missing.
func TestCross(t *testing.T) {
	const build = "hack/cross/run.sh"
	for name, c := range map[string]struct {
		script, arch, env, compiler string
		code                        int
		says                        string
	}{
		"Go only":      {build, "s390x", "CGO_ENABLED=0", "", 0, "s390x, CC , pkg-config \n"},
		"with C":       {build, "arm64", "CGO_ENABLED=1", "aarch64-linux-gnu-gcc", 0, "arm64, CC aarch64-linux-gnu-gcc, pkg-config LIBRARIES/usr/lib/aarch64-linux-gnu/pkgconfig\n"},
		"no compiler":  {build, "arm64", "", "", 1, "error: aarch64-linux-gnu-gcc is missing, which compiles C for arm64\nhint: as root: apt-get install gcc-aarch64-linux-gnu libc6-dev-arm64-cross\n"},
		"another":      {build, "sparc", "", "", 2, "error: architecture sparc is unknown; there are: arm64 s390x\nhint: without ARCH, make builds for this machine\n"},
		"no emulator":  {"hack/cross/emulate.sh", "arm64", "", "", 1, "error: qemu-aarch64 is missing, which runs programs for arm64\nhint: as root: apt-get install qemu-user\n"},
		"the emulator": {"hack/cross/emulate.sh", "arm64", "", "qemu-aarch64", 0, " path/show\n"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScripts(t, build+" hack/cross/emulate.sh hack/cross/arch.sh", "dirname", map[string]string{
				"hack/cross/libraries.sh": "echo LIBRARIES",
				"path/show":               `echo "$GOARCH, CC $CC, pkg-config $PKG_CONFIG_LIBDIR"`,
			})
			if c.compiler != "" {
				s.write(t, "path/"+c.compiler, "#!/bin/sh\necho \"$@\"\n")
			}
			program := "show"
			if c.script != build {
				program = "path/show"
			}
			out, code := s.run(t, []string{c.env}, c.script, c.arch, program)
			if code != c.code || !strings.HasSuffix(out, c.says) {
				t.Errorf("exit code %d, want %d: %s, want %q", code, c.code, out, c.says)
			}
		})
	}
}

// TestCrossLibraries checks the errors of a machine that cannot have the libraries.
func TestCrossLibraries(t *testing.T) {
	for name, c := range map[string]struct{ release, says string }{
		"no network":   {"ID=debian\nVERSION_CODENAME=trixie\n", "error: libraries for arm64 cannot be downloaded from http://deb.debian.org/debian/\nhint: check the network, or use another mirror in apt's sources\n"},
		"not Debian":   {"ID=fedora\n", "error: libraries for arm64 come from Debian's archive, and this is not a release of Debian\nhint: build podman on a machine of the architecture arm64\n"},
		"no release":   {"ID=debian\n", "this is not a release of Debian\n"},
		"derived from": {"ID=ubuntu\nVERSION_CODENAME=noble\n", "this is not a release of Debian\n"},
	} {
		s := newScripts(t, "hack/cross/libraries.sh hack/packages.sh", "dirname mkdir mktemp rm cat head", map[string]string{
			"path/apt-get": `[ "$1" = indextargets ] || { echo "E: no network" >&2; exit 100; }`,
		})
		s.write(t, "os-release", c.release)
		out, code := s.run(t, []string{"OS_RELEASE=" + s.path("os-release")}, "hack/cross/libraries.sh", "arm64")
		if code != 1 || strings.Count(out, c.says) != 1 {
			t.Errorf("%s: exit code %d: %s, want %q", name, code, out, c.says)
		}
		if left, _ := os.ReadDir(s.path(".cache/cross")); len(left) > 0 {
			t.Errorf("%s: it leaves %v behind", name, left)
		}
	}
}
