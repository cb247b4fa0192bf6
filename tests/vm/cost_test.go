//go:build vm

package vm_test

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// TestCost measures what fs-verity costs: pulls of an image of some thousand files, with
// and without in turn. It only prints the result, for a machine whose instructions are translated
// is not one that anybody has.
func TestCost(t *testing.T) {
	g := boot(t, newDisk(t, "verity"))
	worked, took := map[string][]time.Duration{}, map[string][]time.Duration{}
	for round := range 4 {
		for _, mode := range []string{"off", "require"} {
			g.mode(mode)
			g.run("podman rmi -af >/dev/null; sync")
			w, u := g.clocks()
			g.run("podman pull -q " + many + " >/dev/null")
			w2, u2 := g.clocks()
			if round > 0 { // files are warm then
				worked[mode], took[mode] = append(worked[mode], w2-w), append(took[mode], u2-u)
			}
		}
	}
	t.Log(g.run("/guest pool /data/store/overlay-composefs"))
	for what, all := range map[string]map[string][]time.Duration{"processor time": worked, "time": took} {
		off, require := slices.Min(all["off"]), slices.Min(all["require"])
		t.Logf("%s: %v without fs-verity, %v with it; least %.2f times", what, all["off"], all["require"], float64(require)/float64(off))
	}
}

// clocks returns how long the machine has worked, and its own clock.
func (g guest) clocks() (worked, uptime time.Duration) {
	g.t.Helper()
	var seconds float64
	_, err := fmt.Sscan(g.run("cat /proc/uptime"), &seconds)
	if err == nil {
		worked, err = g.Worked()
	}
	if err != nil {
		g.t.Fatal(err)
	}
	return worked, time.Duration(seconds * float64(time.Second))
}
