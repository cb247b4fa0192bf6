//go:build vm

package vm_test

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/vm/machine"
)

// packages are those whose tests ask the kernel for fs-verity.
var packages = []string{"convert/verity", "convert/objects", "driver/mount"}

// TestPackages runs the tests of packages on a disk with fs-verity and on one without.
func TestPackages(t *testing.T) {
	dir := t.TempDir()
	for _, p := range packages {
		to := filepath.Join(dir, p)
		cmd := exec.Command("sh", "-ec", `mkdir -p "$1"; CGO_ENABLED=0 go test -c -o "$1/test" "../../$0"; [ ! -d "../../$0/testdata" ] || cp -r "../../$0/testdata" "$1"`, p, to)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	for _, feature := range []string{"verity", "^verity"} {
		t.Run(feature, func(t *testing.T) {
			disk := filepath.Join(t.TempDir(), "data.img")
			if err := machine.MakeDisk(disk, 1<<30, dir, feature); err != nil {
				t.Fatal(err)
			}
			g := boot(t, disk)
			for _, p := range packages {
				out, err := g.Run("cd /data/" + p + " && CI=true TMPDIR=/data/tmp ./test -test.short -test.v")
				if err != nil {
					t.Error(err)
				}
				t.Log(p, out)
			}
		})
	}
}
