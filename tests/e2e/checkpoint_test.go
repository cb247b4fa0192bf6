//go:build linux

package e2e_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// criu returns the directory of a criu that works on this kernel, or ends the test: that of
// Debian 12, 3.17, fails with the vDSO of Linux 6.18.
func criu(t *testing.T) string {
	t.Helper()
	needs.Root(t)
	path, err := filepath.Abs("../../.cache/criu/criu")
	if _, missing := os.Stat(path); err != nil || missing != nil {
		path = needs.Program(t, "criu", "criu")
	}
	if out, err := exec.Command(path, "check").CombinedOutput(); err != nil {
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		t.Skipf("%s does not work on this kernel: %v: %s", path, err, lines[len(lines)-1])
	}
	return filepath.Dir(path)
}

// TestCheckpoint stops a container in the midst of its work and has it go on: from the
// store, and from a file after the container was removed, which has its changes.
func TestCheckpoint(t *testing.T) {
	path := criu(t) + ":" + os.Getenv("PATH")
	treeLikePlain(t, func(t *testing.T, p *podman.Podman) *tree.Tree {
		ref := pull(t, p, rich()...)
		p = p.Store.Podman(t, p.Kind, podman.Options{Path: path})
		p.Run("run", "-d", "--name", "box", ref, "sh", "-c", `rm -r /usr /gone && echo more >> /home/big && echo x > /new && chown 7:8 /new &&
			exec 5< /external && touch -d @1600000000 /home/big /new && echo 1 > /ready; until test -e /stop; do sleep 0.05; done; cat <&5 > /read; touch -d @1600000000 /read /stop /ready; echo end > /e; touch -d @1600000000 /e; mv /e /end; while :; do sleep 0.1; done`)
		upper := waitFor(t, p, "/ready")
		p.Run("container", "checkpoint", "box")
		for _, left := range p.Store.Left() {
			if strings.HasPrefix(left, "mount ") {
				t.Error("it is stopped, and yet there is ", left)
			}
		}
		p.Run("container", "restore", "box")
		archive := filepath.Join(p.Store.Dir, "checkpoint.tar")
		p.Run("container", "checkpoint", "--export", archive, "box")
		p.Run("rm", "box")
		if _, err := os.Stat(upper); err == nil {
			t.Errorf("%s is still there", upper)
		}
		p.Run("container", "restore", "--import", archive)
		p.Run("exec", "box", "touch", "/stop")
		waitFor(t, p, "/end")
		p.Run("stop", "-t0", "box")
		return seenByContainer(t, p, "box")
	})
}

// waitFor waits for a file that the container box writes, and returns its upper directory.
func waitFor(t *testing.T, p *podman.Podman, name string) string {
	t.Helper()
	upper := p.Run("inspect", "--format", "{{.GraphDriver.Data.UpperDir}}", "box")
	for range 600 {
		if _, err := os.Stat(upper + name); err == nil {
			return upper
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("the container has written no %s: %s", name, p.Run("logs", "box"))
	return ""
}
