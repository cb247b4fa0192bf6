//go:build vm

package vm_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/vm/machine"
)

// packages are those whose tests ask the kernel for fs-verity, with their arguments for go test.
var packages = map[string]string{
	"convert/verity":      "",
	"convert/objects":     "-test.run=Kernel", // the others emulate the kernel, and take long here
	"driver/kernel/mount": "",
}

// TestPackages runs the tests of packages on a disk with fs-verity and on one without.
func TestPackages(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for p := range packages {
		to := filepath.Join(dir, p)
		cmd := exec.Command("sh", "-ec", `mkdir -p "$1"; CGO_ENABLED=0 go test -c -o "$1/test" "../../$0"; [ ! -d "../../$0/testdata" ] || cp -r "../../$0/testdata" "$1"`, p, to)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	for _, feature := range []string{"verity", "^verity"} {
		t.Run(feature, func(t *testing.T) {
			t.Parallel()
			disk := filepath.Join(t.TempDir(), "data.img")
			if err := machine.MakeDisk(disk, 1<<30, dir, feature); err != nil {
				t.Fatal(err)
			}
			g := boot(t, disk)
			for p, options := range packages {
				out, err := g.Run("cd /data/" + p + " && TMPDIR=/data/tmp ./test -test.short -test.v " + options)
				if err != nil {
					t.Error(err)
				}
				t.Log(p, out)
				if feature == "verity" && (strings.Contains(out, "no fs-verity") || strings.Contains(out, "cannot be compared with the kernel")) {
					t.Errorf("%s: tests do not find fs-verity", p)
				}
			}
		})
	}
}
