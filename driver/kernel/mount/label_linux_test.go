package mount_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount/mounttest"
	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// label is one as containers have: with a comma, which separates options, and colons, which
// separate layers.
const label = "system_u:object_r:container_file_t:s0:c123,c456"

// TestLabelOfMount traces the system calls that set a mount's SELinux label.
// There need not be SELinux: then the kernel does not take it.
func TestLabelOfMount(t *testing.T) {
	needs.Root(t)
	strace := needs.Program(t, "strace", "strace")
	if name := os.Getenv("KERNEL_OF_LABEL"); name != "" {
		defer mount.Pretend(kernels[name])()
		dir := mounttest.Scratch(t)
		at := mkdir(t, dir, "at")
		err := mount.Do(&mount.Plan{Lowers: []mount.Layer{{Dir: mkdir(t, dir, "a")}, {Dir: mkdir(t, dir, "b")}}, Label: label}, at)
		if err == nil {
			err = mount.Undo(at)
		}
		fmt.Println("mount:", err)
		return
	}
	for name, want := range map[string]string{
		"6.15": `FSCONFIG_SET_STRING, "context", "` + label + `"`,
		"6.5":  `,context=\"` + label + `\""`,
	} {
		trace := filepath.Join(t.TempDir(), "trace")
		cmd := exec.Command(strace, "-f", "-s", "4000", "-e", "trace=fsconfig,mount", "-o", trace, os.Args[0], "-test.run=^TestLabelOfMount$")
		cmd.Env = append(os.Environ(), "KERNEL_OF_LABEL="+name)
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "mount: ") {
			t.Fatalf("%s: %v: %s", name, err, out)
		}
		calls, err := os.ReadFile(trace)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(calls), want) {
			t.Errorf("%s: the kernel is not told %s:\n%s", name, want, calls)
		}
	}
}
