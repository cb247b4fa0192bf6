package tests

import (
	"strings"
	"testing"
)

// TestToolchain checks that the first command names the package of the running release of Debian
// if Go is missing, too old, or unable to download a newer one.
func TestToolchain(t *testing.T) {
	const backports = "apt-get install -t bookworm-backports golang-go ca-certificates"
	for name, c := range map[string]struct {
		release, standIn string // for go; "" for none
		code             int
		says             []string
	}{
		"no Go on Debian 13": {"trixie", "", 1, []string{"error: Go is missing: the build needs Go 1.24.0 or newer\nhint: install it as root: apt-get update && apt-get install golang-go\n"}},
		"no Go on Debian 12": {"bookworm", "", 1, []string{"error: Go is missing", backports, "bookworm-backports main"}},
		"no Go elsewhere":    {"noble", "", 1, []string{"error: Go is missing", "hint: install Go 1.24.0 or newer: https://go.dev/dl\n"}},
		"an old Go":          {"bookworm", "echo go version go1.19.8 linux/amd64", 1, []string{"error: Go 1.19.8 is too old", backports}},
		"no certificates": {"bookworm", `[ "$GOTOOLCHAIN" != local ] || { echo go version go1.23.5 linux/amd64; exit; }
			echo 'go: download go1.24.0: tls: x509: certificate signed by unknown authority' >&2; exit 1`, 1,
			[]string{"error: Go 1.23.5 cannot download Go 1.24.0: certificates are missing\nhint: as root: apt-get install ca-certificates\n"}},
		"another certificate": {"bookworm", `[ "$GOTOOLCHAIN" != local ] || { echo go version go1.23.5 linux/amd64; exit; }
			echo 'go: download go1.24.0: tls: x509: certificate signed by unknown authority' >&2; exit 1`, 1,
			[]string{"error: Go 1.23.5 cannot download Go 1.24.0: its certificate is not trusted\nhint: put that of your proxy into /usr/local/share/ca-certificates, then as root: update-ca-certificates\n"}},
		"no network": {"bookworm", `[ "$GOTOOLCHAIN" != local ] || { echo go version go1.23.5 linux/amd64; exit; }
			echo 'go: download go1.24.0: dial tcp: lookup proxy: no such host' >&2; exit 1`, 1,
			[]string{"no such host", "error: Go 1.23.5 cannot download Go 1.24.0, which the build needs\nhint: it does so once: check the network, or install Go 1.24.0: https://go.dev/dl\n"}},
		"Go 1.24":             {"trixie", "echo go version go1.24.4 linux/amd64", 0, nil},
		"a later one":         {"trixie", "echo go version go1.100 linux/amd64", 0, nil},
		"Go from its sources": {"trixie", "echo go version devel go1.27-abcdef linux/amd64", 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScripts(t, "hack/toolchain.sh go.mod", "cat dirname sed sort", nil)
			if c.standIn != "" {
				s.write(t, "path/go", "#!/bin/sh\n"+c.standIn+"\n")
			}
			if name == "another certificate" {
				s.write(t, "certificates", "")
			}
			out, code := s.run(t, []string{s.debian(t, c.release), "CERTIFICATES=" + s.path("certificates")}, "hack/toolchain.sh")
			if code != c.code || c.code == 0 && out != "" {
				t.Errorf("exit code %d, want %d: %s", code, c.code, out)
			}
			for _, words := range c.says {
				if strings.Count(out, words) != 1 {
					t.Errorf("it does not print once %q: %s", words, out)
				}
			}
		})
	}
}

// TestToolchainFirst checks that make looks for Go before it installs or builds anything.
func TestToolchainFirst(t *testing.T) {
	for _, target := range []string{"demo", "test", "podman", "build", "install", "deps", "tools", "test-vm"} {
		lines := strings.Split(strings.TrimSpace(command(t, []string{"MAKEFLAGS="}, "make", "-n", "-C", "..", "--no-print-directory", target)), "\n")
		if !strings.HasSuffix(lines[0], "hack/toolchain.sh") {
			t.Errorf("make %s begins with %q", target, lines[0])
		}
	}
}
