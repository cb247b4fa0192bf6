package tests

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// composefsOff is what "composefs-storage status" prints on Linux 6.1.
const composefsOff = `composefs is off
  why: data-only layers not supported (Linux 6.5 has it): mount: invalid argument

SETTINGS
  use_composefs  true`

// newDemo has the demo run with stand-ins for all that is built or installed.
func newDemo(t *testing.T, standIns map[string]string) scripts {
	t.Helper()
	s := newScripts(t, "hack/cgroup2.sh hack/demo/demo.sh hack/demo/check.sh hack/demo/Containerfile docs/storage.conf", "", map[string]string{
		"make":                    `echo "make $*" >>"$LOG"`,
		"hack/deps.sh":            `echo "deps $*" >>"$LOG"`,
		"hack/docker-registry.sh": `echo false`,
		"hack/demo/context.sh":    ":",
		"bin/podman":              ":",
		"bin/composefs-storage":   `echo "composefs is on"`,
		"path/uname":              "echo ${KERNEL:-6.12.0}",
	})
	for name, text := range standIns {
		s.write(t, name, "#!/bin/sh\n"+text+"\n")
	}
	if err := os.Mkdir(s.path("tmp"), 0o755); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestDemoFails checks that the demo ends before the long build if it cannot succeed, reports why
// once, and leaves nothing behind.
func TestDemoFails(t *testing.T) {
	needs.Root(t)
	const built, installed = "make -s build\n", "make -s build\ndeps demo\n"
	for name, c := range map[string]struct {
		standIns     map[string]string
		kernel, says string
		log          string
	}{
		"an old kernel on Debian 12": {map[string]string{"bin/composefs-storage": "cat <<'END'\n" + composefsOff + "\nEND"}, "6.1.0-37-amd64",
			"error: composefs is off\n  why: data-only layers not supported (Linux 6.5 has it): mount: invalid argument\n" +
				"hint: install the kernel of bookworm-backports as root, then reboot:\n", built},
		"a directory without it": {map[string]string{"bin/composefs-storage": "cat <<'END'\n" + composefsOff + "\nEND"}, "6.12.1",
			"hint: set TMPDIR to a directory on ext4, xfs or btrfs", built},
		"status fails":                {map[string]string{"bin/composefs-storage": "echo error: broken >&2; exit 1"}, "", "error: broken\n", built},
		"a full disk":                 {map[string]string{"path/df": "echo ' Avail'; echo '  499M'"}, "", " has 499 MB free, and the demo needs 500 MB\nhint: set TMPDIR", built},
		"no packages":                 {map[string]string{"hack/deps.sh": `echo "deps $*" >>"$LOG"; echo error: not installed >&2; exit 1`}, "", "error: not installed\n", installed},
		"no registry":                 {map[string]string{"hack/docker-registry.sh": `echo error: no registry >&2; exit 1`}, "", "error: no registry\n", installed},
		"podman mounts plain overlay": {nil, "", "without composefs\n", installed + "make -s podman\n"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newDemo(t, c.standIns)
			env := []string{"PATH=" + s.path("path") + ":" + os.Getenv("PATH"), "MAKE=" + s.path("make"), "KERNEL=" + c.kernel, s.debian(t, "bookworm")}
			if name == "podman mounts plain overlay" {
				env = append(env, "IMAGE=example.org/image")
			}
			out, code := s.run(t, env, "hack/demo/demo.sh")
			if code != 1 || strings.Count(out, c.says) != 1 {
				t.Errorf("exit code %d, want 1, and once %q: %s", code, c.says, out)
			}
			if strings.Contains(out, "umount") {
				t.Errorf("it unmounts what is not mounted: %s", out)
			}
			if log := s.log(t); log != c.log {
				t.Errorf("it runs %q, want %q", log, c.log)
			}
			if left, _ := filepath.Glob(s.path("tmp/*")); len(left) > 0 {
				t.Errorf("it leaves %q", left)
			}
		})
	}
}
