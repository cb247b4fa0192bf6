//go:build vm

package vm_test

import (
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/mounted"
)

// TestConvert converts stores that came to be without fs-verity: "require" refuses to
// mount their images before, and mounts them after.
func TestConvert(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, pull string }{
		{"composefs without fs-verity", pullApp},
		{"plain", asPlain(pullApp)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g := boot(t, newDisk(t, "verity"))
			g.mode("off")
			want := g.tree(plain + pullApp + show(app))
			g.run(c.pull)
			g.mode("require")
			if out, err := g.Run("podman image mount " + app); err == nil || !strings.Contains(err.Error(), "composefs-storage convert") {
				t.Errorf("before: %s, error %v; want advice to convert", out, err)
			}
			g.run(convertAll)
			for _, d := range mounted.Compare(want, g.tree(show(app)), mounted.Allow{DirTimes: true}) {
				t.Errorf("plain overlay and converted: %v", d)
			}
			if mounts := g.run("mount"); !strings.Contains(mounts, "verity=require") {
				t.Errorf("no mount verifies: %s", mounts)
			}
			if got := g.run("/guest pool /data/store/overlay-composefs"); strings.HasPrefix(got, "0 ") || !strings.HasSuffix(got, ", 0 not") {
				t.Error("of the pool:", got)
			}
			g.checked("converted", 0)
		})
	}
}
