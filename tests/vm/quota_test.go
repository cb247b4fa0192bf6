//go:build vm

package vm_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/mounted"
)

// TestQuota has podman reach a quota in the midst of a pull: at several fractions of the
// needed space, with and without fs-verity, which takes space too.
func TestQuota(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"off", "require"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			g := boot(t, newDisk(t, "verity", "quota"))
			g.run("umount /data; mount -o usrquota /dev/vdb /data")
			g.mode("off")
			want := g.tree(plain + pullApp + show(app))
			g.mode(mode)
			g.run(pullApp)
			needs := g.used()
			g.run("podman rmi -af >/dev/null")
			needs -= g.used()
			for _, percent := range []int{5, 60, 90} {
				g.run(fmt.Sprintf("setquota -u 0 0 %d 0 0 /data", g.used()+needs*percent/100))
				// Quotas do not hold for processes with CAP_SYS_RESOURCE.
				_, err := g.Run("/guest limited podman pull -q --retry=0 " + app)
				if err == nil {
					t.Fatalf("with %d%% of %d KB: the pull succeeded", percent, needs)
				}
				_, said, _ := strings.Cut(err.Error(), "Error: ")
				t.Logf("with %d%% of %d KB: %s", percent, needs, said)
				if strings.Count(said, "disk quota exceeded") != 1 || strings.Count(said, "blob sha256:") != 1 {
					t.Errorf("with %d%%: podman says %s", percent, said)
				}
				if images := g.run("podman images -aq"); images != "" {
					t.Errorf("with %d%%: there are images %s", percent, images)
				}
				g.run("composefs-storage check --all && setquota -u 0 0 0 0 0 /data && /guest limited " + pullApp)
				for _, d := range mounted.Compare(want, g.tree(show(app)), mounted.Allow{DirTimes: true}) {
					t.Errorf("with %d%%, and pulled again: %v", percent, d)
				}
				g.checked("pulled again", 0)
				g.run("podman image unmount -af >/dev/null; podman rmi -af >/dev/null")
			}
		})
	}
}

// used returns how many KB root has on the data disk.
func (g guest) used() (kilobytes int) {
	g.t.Helper()
	if _, err := fmt.Sscan(g.run("sync; repquota -u /data | awk '$1 == \"root\" || $1 == \"#0\" { print $3 }'"), &kilobytes); err != nil {
		g.t.Fatal(err)
	}
	return kilobytes
}
