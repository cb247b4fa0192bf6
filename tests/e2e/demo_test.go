//go:build linux

package e2e_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/oldkernel"
)

// TestDemoCheck checks that the demo goes on where composefs works, and ends on kernels that are
// too old.
func TestDemoCheck(t *testing.T) {
	needs.Root(t)
	needs.Built(t, filepath.Join("..", "..", "bin", "composefs-storage"), "make build")
	dir, err := os.MkdirTemp(needs.Disk(t), "demo-")
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	sample, err := os.ReadFile("../../docs/storage.conf")
	must(t, err)
	conf := filepath.Join(dir, "storage.conf")
	text := strings.NewReplacer("/var/lib/containers/storage", dir, "/run/containers/storage", dir+".run").Replace(string(sample))
	must(t, os.WriteFile(conf, []byte(text), 0o600))

	check := []string{"../../hack/demo/check.sh", dir}
	run := func(command []string) (string, error) {
		cmd := exec.Command(command[0], command[1:]...)
		cmd.Env = append(os.Environ(), "CONTAINERS_STORAGE_CONF="+conf)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := run(check); err != nil || out != "" {
		t.Errorf("here it fails: %v: %s", err, out)
	}
	for _, release := range tooOld {
		out, err := run(oldkernel.New(t, release).Command(check...))
		if err == nil || strings.Count(out, "error: composefs is off\n  why: ") != 1 || strings.Count(out, "hint: ") != 1 {
			t.Errorf("%s: error %v, and it prints %s", release, err, out)
		} else {
			t.Log(out)
		}
	}
}
