package tests

import (
	"slices"
	"strings"
	"testing"
)

// aptGet stands in for apt-get: it logs the packages, and fails if $APT is "fails".
const aptGet = `
[ "$1" != install ] || echo "$*" >>"$LOG"
[ "$APT" != fails ] || { [ "$1" != install ] || echo "libx-dev : Depends: libx0 (= 1)"; echo "E: Unable to correct problems" >&2; exit 100; }`

func newDeps(t *testing.T) scripts {
	t.Helper()
	return newScripts(t, "hack/deps.sh", "dirname", map[string]string{
		"path/apt-get": aptGet, "path/id": `echo "$ID"`, "hack/docker-registry.sh": `[ "$APT" != fails ]`,
	})
}

// TestDeps checks which packages are installed for what.
func TestDeps(t *testing.T) {
	const tests = "bzip2 criu strace xfsprogs btrfs-progs groff-base uidmap slirp4netns kmod jq erofs-utils e2fsprogs systemd"
	for name, c := range map[string]struct{ purpose, release, with, without string }{
		"podman, Debian 13": {"podman", "trixie", "gcc patch conmon runc nftables catatonit libseccomp-dev libisal-dev libzstd-dev", "iptables busybox-static " + tests},
		"podman, Debian 12": {"podman", "bookworm", "gcc patch conmon runc iptables catatonit", "nftables busybox-static " + tests},
		"packages":          {"dist", "trixie", "gcc patch libseccomp-dev go-md2man python3 binutils", "conmon runc netavark busybox-static " + tests},
		"demo":              {"demo", "trixie", "gcc patch conmon runc busybox-static libcap2-bin", "nftables catatonit " + tests},
		"arm64":             {"arm64", "trixie", "gcc patch gcc-aarch64-linux-gnu qemu-user", "conmon busybox-static " + tests},
		"kubernetes":        {"kubernetes", "trixie", "gcc patch conmon runc busybox-static catatonit jq net-tools", "nftables " + strings.Replace(tests, " jq", "", 1)},
		"tests":             {"", "trixie", "gcc patch conmon runc busybox-static qemu-user " + tests, "nftables gcc-aarch64-linux-gnu"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newDeps(t)
			out, code := s.run(t, []string{"ID=0", s.debian(t, c.release)}, "hack/deps.sh", strings.Fields(c.purpose)...)
			if code != 0 {
				t.Fatal(out)
			}
			installed := strings.Fields(s.log(t))
			for p := range strings.FieldsSeq(c.with) {
				if !slices.Contains(installed, p) {
					t.Errorf("%s is not among %q", p, installed)
				}
			}
			for p := range strings.FieldsSeq(c.without) {
				if slices.Contains(installed, p) {
					t.Errorf("%s is among %q", p, installed)
				}
			}
		})
	}
}

// TestDepsStatic checks that busybox is replaced if it needs libraries, which images do not have.
// That of Debian's package busybox does, and initramfs-tools installs it.
func TestDepsStatic(t *testing.T) {
	for ldd, want := range map[string]bool{"echo libc.so.6": true, "echo not a dynamic executable >&2; exit 1": false} {
		s := newDeps(t)
		s.write(t, "path/busybox", "")
		s.write(t, "path/ldd", "#!/bin/sh\n"+ldd+"\n")
		if out, code := s.run(t, []string{"ID=0", s.debian(t, "trixie")}, "hack/deps.sh", "demo"); code != 0 {
			t.Fatal(out)
		}
		if got := slices.Contains(strings.Fields(s.log(t)), "busybox-static"); got != want {
			t.Errorf("%s: busybox-static is installed: %v, want %v", ldd, got, want)
		}
	}
}

// TestDepsFail checks that packages that cannot be had are an error that names them, except for
// the tests outside of CI.
func TestDepsFail(t *testing.T) {
	for name, c := range map[string]struct {
		purpose string
		env     []string
		code    int
		says    []string
	}{
		"no network":      {"demo", []string{"ID=0", "APT=fails"}, 1, []string{"libx-dev : Depends: libx0 (= 1)\n", "error: these packages are missing, and could not be installed: gcc", " busybox-static libcap2-bin docker-registry\nhint: check the network"}},
		"not root":        {"podman", []string{"ID=1000"}, 1, []string{"error: these packages are missing", "hint: run this as root, or install as root: gcc"}},
		"tests, not root": {"test", []string{"ID=1000"}, 0, []string{"hint: for all of it, install as root: gcc"}},
		"tests in CI":     {"test", []string{"ID=1000", "CI=true"}, 1, []string{"hint: for all of it, install as root: gcc"}},
		"a typing error":  {"tset", []string{"ID=0"}, 2, []string{"usage: deps.sh [podman|dist|demo|test|arm64|kubernetes]"}},
	} {
		s := newDeps(t)
		out, code := s.run(t, append(c.env, s.debian(t, "trixie")), "hack/deps.sh", c.purpose)
		if code != c.code {
			t.Errorf("%s: exit code %d, want %d: %s", name, code, c.code, out)
		}
		for _, words := range c.says {
			if strings.Count(out, words) != 1 {
				t.Errorf("%s: it does not print once %q: %s", name, words, out)
			}
		}
	}
}
