//go:build vm

package vm_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/tests/mounted"
	"github.com/composefs-storage/composefs-storage/tests/vm/machine"
)

var (
	cuts = flag.Int("cuts", 50, "how often the power is cut")
	seed = flag.Uint64("seed", 1, "seed of the instants at which the power is cut")
)

// operation is an operation during which the power is cut.
type operation struct {
	name    string
	prepare string // in a store that has app and next, all that the operation needs
	script  string
	again   string // does it after a cut, where nothing else would do the rest
}

// operations are all of them.
var operations = []operation{
	{name: "pull", prepare: "podman rmi -af >/dev/null", script: pullApp},
	{name: "pull of another version", prepare: "podman rmi " + next + " >/dev/null", script: pullNext},
	{name: "first mount", // the merged images are made anew
		prepare: "rm -f /data/store/overlay-composefs/images/* /data/store/overlay/*/composefs-data/merged.blob",
		script:  "podman image mount " + app + " >/dev/null"},
	commit,
	{name: "remove", prepare: "true", script: "podman rmi " + next + " >/dev/null"},
	{name: "gc", // of what could not be collected when the layers were removed
		prepare: "/guest sharing /data/store/overlay-composefs/lock podman rmi " + next + " >/dev/null",
		script:  "composefs-storage gc | grep -q '^objects: [1-9]'"},
	{name: "convert", prepare: "podman rmi -af >/dev/null\n" + asPlain(pullApp+pullNext), script: convertAll, again: convertAll},
}

var commit = operation{name: "commit",
	prepare: "podman create -q --name c " + app + " >/dev/null; dir=$(podman mount c)\n" + change + "podman unmount c >/dev/null",
	script:  "podman commit -q c " + newImage + " >/dev/null"}

// newImage is the name of the committed image.
const newImage = "localhost/new"

// change changes the container that is mounted at $dir.
const change = `
cp /etc/containers/containers.conf $dir/lib/from-outside
echo appended >>$dir/lib/030
touch -d @1000000000 $dir/lib/from-outside $dir/lib/030
rm $dir/srv/001
`

// TestPowerCuts cuts the power of machines while podman works, at instants all over its
// work: with fs-verity, and without.
func TestPowerCuts(t *testing.T) {
	t.Parallel()
	t.Logf("seed %d", *seed)
	for i, f := range []struct{ name, feature, mode string }{{"sealed", "verity", "require"}, {"plain", "^verity", "off"}} {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			n := (*cuts + 1 - i) / 2
			c := &cutter{t: t, disk: newDisk(t, f.feature), mode: f.mode, r: rand.New(rand.NewPCG(*seed, uint64(i))), done: map[string]int{}}
			c.rehearse()
			for round := range n {
				c.cut(round, n)
			}
			c.boot().off()
			t.Logf("cuts: %v", c.done)
		})
	}
}

// cutter has a disk that survives power cuts.
type cutter struct {
	t      *testing.T
	disk   string
	mode   string
	r      *rand.Rand
	images map[string]*tree.Tree    // the trees that they must show
	takes  map[string]time.Duration // how long the machine works on an operation
	done   map[string]int           // cuts, by operation
	last   operation                // that was cut
}

// rehearse does the operations without a cut and measures them. The plain overlay
// driver gives the expected trees.
func (c *cutter) rehearse() {
	g := boot(c.t, c.disk)
	g.mode("off") // plain overlay cannot verify
	g.run(plain + pullApp + pullNext + commit.prepare + "\n" + commit.script)
	c.images, c.takes = map[string]*tree.Tree{}, map[string]time.Duration{}
	for _, name := range []string{app, next, newImage} {
		c.images[name] = g.tree(plain + show(name))
	}
	g.run(plain + "podman rm -af >/dev/null; podman rmi -af >/dev/null")
	g.mode(c.mode)
	g.run(pullApp + pullNext)
	for _, op := range operations {
		c.check(g, "without a cut")
		g.run(op.prepare + "\nsync")
		before, err := g.Worked()
		if err == nil {
			g.run(op.script)
			var after time.Duration
			after, err = g.Worked()
			c.takes[op.name] = after - before
		}
		if err != nil {
			c.t.Fatal(err)
		}
		c.t.Logf("%s: %v of processor time", op.name, c.takes[op.name])
	}
	g.off()
}

// boot boots after a cut, and checks the store.
func (c *cutter) boot() guest {
	c.t.Helper()
	g := boot(c.t, c.disk)
	when := "after a cut in " + c.last.name
	if c.last.again != "" {
		g.mode("try") // half of it may be as it was
		c.sound(g, when)
		for _, name := range c.named(g) {
			c.compare(g, name, when)
		}
		g.run("podman image unmount -af >/dev/null\n" + c.last.again)
		when += ", and doing it again"
	}
	g.mode(c.mode)
	c.check(g, when)
	return g
}

// cut boots the machine, begins an operation, and cuts the power.
func (c *cutter) cut(round, of int) {
	op := operations[round%len(operations)]
	each := max(1, of/len(operations))
	// The instants of an operation are spread evenly over its work and a bit more.
	part := (float64(round/len(operations)%each) + c.r.Float64()) / float64(each) * 1.1
	c.t.Logf("round %d: %s, cut after %.0f%%", round, op.name, part*100)
	g := c.boot()
	if c.r.IntN(2) == 0 { // so that more half-done work comes to the disk
		g.run("mount -o remount,commit=1 /data; echo 20 >/proc/sys/vm/dirty_writeback_centisecs; echo 50 >/proc/sys/vm/dirty_expire_centisecs")
	}
	g.run(op.prepare + "\nsync")
	before, err := g.Worked()
	if err == nil {
		err = g.Start(op.script)
	}
	if err != nil {
		c.t.Fatal(err)
	}
	waitWork(c.t, g.Machine, before+time.Duration(part*float64(c.takes[op.name])))
	if err := g.Cut(); err != nil {
		c.t.Fatal(err)
	}
	c.last = op
	c.done[op.name]++
}

// waitWork waits until the machine has worked for so long, or is done.
func waitWork(t *testing.T, m *machine.Machine, until time.Duration) {
	for {
		worked, err := m.Worked()
		if err != nil {
			t.Fatal(err)
		}
		select {
		case <-m.Done():
			return
		case <-time.After(2 * time.Millisecond):
			if worked >= until {
				return
			}
		}
	}
}

// check fails unless everything in the store is right and works, and pulls missing images.
func (c *cutter) check(g guest, when string) {
	c.t.Helper()
	c.sound(g, when)
	g.run("podman rm -af >/dev/null")
	there := c.named(g)
	for _, name := range there {
		c.compare(g, name, when)
	}
	g.run("podman rmi -f " + newImage + " >/dev/null 2>&1 || true")
	g.run(pullApp + pullNext)
	for _, name := range []string{app, next} {
		if !slices.Contains(there, name) {
			c.compare(g, name, when+" and a pull")
		}
	}
	g.run("podman image unmount -af >/dev/null")
	what := g.run("/guest pool /data/store/overlay-composefs")
	var sealed, not int
	if _, err := fmt.Sscanf(what, "%d sealed, %d not", &sealed, &not); err != nil {
		c.t.Fatal(err)
	}
	if c.mode == "require" && not > 0 || c.mode == "off" && sealed > 0 {
		c.t.Errorf("%s, with verity = %s: %s", when, c.mode, what)
	}
	left := g.run("composefs-storage gc >/dev/null; composefs-storage gc --dry-run")
	if !strings.HasSuffix(left, "objects: 0\nimages: 0\nleftovers: 0\nsize: 0 B") {
		c.t.Errorf("%s, gc leaves %s", when, left)
	}
}

// sound fails if "check" finds damage.
func (c *cutter) sound(g guest, when string) {
	c.t.Helper()
	if out, err := g.Run("composefs-storage check --all"); err != nil {
		c.t.Errorf("%s: %v", when, err)
	} else if strings.Contains(out, "warning: ") {
		c.t.Errorf("%s, a check says: %s", when, out)
	}
}

// named returns the images in the store that have a name.
func (c *cutter) named(g guest) (names []string) {
	c.t.Helper()
	for _, name := range strings.Fields(g.run("podman images --format '{{.Repository}}'")) {
		if name != "<none>" { // the name of a committed image that has no name yet
			names = append(names, name)
		}
	}
	return names
}

// compare compares the tree of an image with the expected one.
func (c *cutter) compare(g guest, name, when string) {
	c.t.Helper()
	if c.images[name] == nil {
		c.t.Fatalf("%s, there is an unknown image %s", when, name)
	}
	for _, d := range mounted.Compare(c.images[name], g.tree(show(name)), mounted.Allow{DirTimes: true}) {
		c.t.Errorf("%s, %s is wrong: %v", when, name, d)
	}
}
