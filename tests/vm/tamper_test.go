//go:build vm

package vm_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/dump"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/tests/mounted"
	"github.com/composefs-storage/composefs-storage/tests/vm/machine"
)

// outcome is what became of mounting and reading an image.
type outcome string

const (
	right   outcome = "right"   // it is as it was pulled
	wrong   outcome = "wrong"   // it is served as something else
	eio     outcome = "EIO"     // reading it fails
	refused outcome = "refused" // it is not mounted
)

// tampering is what somebody has done to a store.
type tampering struct {
	name   string
	flip   func(s stored) (path, text string) // of a file in the store: a bit of that text is changed on the disk
	script string                             // with variables for what [stored] has
	want   [5]outcome                         // in the order of defences
}

// defences are modes of fs-verity on disks of two kinds, and with an expected digest.
var defences = []struct {
	name, feature, mode string
	expected            bool
}{
	{"off", "verity", "off", false}, {"try without", "^verity", "try", false}, {"try", "verity", "try", false},
	{"require", "verity", "require", false}, {"expected", "verity", "require", true},
}

// tamperings are those of docs/security.md.
var tamperings = []tampering{
	{name: "nothing", want: [5]outcome{right, right, right, right, right}},
	{name: "a changed block of an object", want: [5]outcome{wrong, wrong, eio, eio, eio},
		flip: func(s stored) (string, string) { return s.a, "" }},
	{name: "a changed block of the image", want: [5]outcome{wrong, refused, eio, eio, eio},
		flip: func(s stored) (string, string) { return s.image, "in the image" }},
	{name: "an object written to", want: [5]outcome{wrong, wrong, right, right, right},
		script: `echo x 1<>$A || true`},
	{name: "swapped objects", want: [5]outcome{wrong, wrong, eio, eio, eio},
		script: `mv $A $P/t; mv $B $A; mv $P/t $B`},
	{name: "a copy of another image by the name of this one", want: [5]outcome{wrong, refused, refused, refused, refused},
		script: `cp $NEXT $P/t; mv $P/t $IMAGE; ln -f $IMAGE $LINK`},
	{name: "another image of the pool", want: [5]outcome{wrong, wrong, wrong, wrong, refused},
		script: `ln -f $NEXT $LINK`},
	{name: "an image without digests, and swapped objects", want: [5]outcome{wrong, wrong, eio, eio, refused},
		script: `
			composefs-storage dump $IMAGE | awk '{ $11 = "-"; print }' >/tmp/dump
			composefs-storage mkcomposefs --min-version=1 --from-file /tmp/dump $P/t
			to=$P/images/$(composefs-storage digest $P/t | cut -d " " -f 1)
			mv $P/t $to; ln -f $to $LINK
			mv $A $P/t; mv $B $A; mv $P/t $B`},
}

// stored is where things are in a store, below /data, and the policy that app must be
// what it is.
type stored struct{ image, next, link, a, b, policy string }

const pool = "store/overlay-composefs/"

// variables returns the beginning of a script that tampers.
func (s stored) variables() string {
	return fmt.Sprintf("P=/data/%s IMAGE=/data/%s NEXT=/data/%s LINK=/data/%s A=/data/%s B=/data/%s\n", pool, s.image, s.next, s.link, s.a, s.b)
}

// TestTampering changes a store in the ways that docs/security.md lists, and sees what
// becomes of them in each mode.
func TestTampering(t *testing.T) {
	for i, d := range defences {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			disk := newDisk(t, d.feature)
			where, want := store(t, disk, d.mode)
			var disks []string
			for j, tamper := range tamperings {
				copied := filepath.Join(t.TempDir(), fmt.Sprint(j))
				if err := machine.Copy(disk, copied); err != nil {
					t.Fatal(err)
				}
				if tamper.flip != nil {
					path, text := tamper.flip(where)
					if err := machine.Flip(copied, path, text); err != nil {
						t.Fatal(err)
					}
				}
				disks = append(disks, copied)
			}
			g := boot(t, disks...)
			g.mode(d.mode)
			if d.expected {
				g.run("mkdir /etc/containers/composefs-digests.d; cat >/etc/containers/composefs-digests.d/app.toml <<'END'\n" + where.policy + "\nEND")
			}
			for j, tamper := range tamperings {
				if j > 0 {
					g.otherDisk(j)
				}
				g.run(where.variables() + tamper.script)
				g.run("echo 3 >/proc/sys/vm/drop_caches")
				if got, why := g.look(want); got != tamper.want[i] {
					t.Errorf("%s: it is %s, want %s: %v", tamper.name, got, tamper.want[i], why)
				} else {
					t.Logf("%s: %s: %v", tamper.name, got, why)
				}
			}
		})
	}
}

// store makes a store, and returns what is where and what app must show.
func store(t *testing.T, disk, mode string) (s stored, want *tree.Tree) {
	t.Helper()
	g := boot(t, disk)
	g.mode("off")
	want = g.tree(plain + pullApp + show(app))
	g.mode(mode)
	g.run(pullApp)
	s.image = pool + "images/" + g.run("ls /data/"+pool+"images")
	s.link = strings.TrimPrefix(g.run("find /data/store/overlay/*/composefs-data -inum $(stat -c %i /data/"+s.image+")"), "/data/")
	s.policy = g.run("composefs-storage digest --policy " + app)
	g.run(pullNext)
	s.next = pool + "images/" + g.run("ls /data/"+pool+"images | grep -v "+filepath.Base(s.image))
	for file, path := range map[string]*string{"/lib/100": &s.a, "/lib/101": &s.b} {
		e, ok := want.Lookup(file)
		if !ok {
			t.Fatalf("no %s in the image", file)
		}
		*path = pool + "objects/" + e.Inode.BackingPath()
	}
	g.off()
	return s, want
}

// otherDisk puts another disk in the place of the one that is mounted, and has podman
// forget what it knows of that, as a boot would.
func (g guest) otherDisk(number int) {
	g.t.Helper()
	g.run(fmt.Sprintf(`
		podman image unmount -af >/dev/null 2>&1 || true
		for at in $(awk '{ print $2 }' /proc/mounts | grep -E "^/(data|run)/" | sort -r); do umount -l $at; done
		umount -l /data
		rm -rf /run/containers /run/libpod
		mount /dev/vd%c /data`, 'b'+number))
}

// look mounts app and reads it.
func (g guest) look(want *tree.Tree) (outcome, error) {
	g.t.Helper()
	at, err := g.Run("podman image mount " + app)
	if err != nil {
		return refused, err
	}
	out, err := g.Run("/guest tree " + at)
	if err != nil {
		if strings.Contains(err.Error(), "input/output error") {
			return eio, err
		}
		return wrong, err // not as long as it should be, perhaps
	}
	got, err := dump.Parse(strings.NewReader(out), dump.Strict)
	if err != nil {
		g.t.Fatal(err)
	}
	if d := mounted.Compare(want, got, mounted.Allow{DirTimes: true}); len(d) > 0 {
		return wrong, fmt.Errorf("%v", d[0])
	}
	return right, nil
}
