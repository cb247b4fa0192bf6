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
	found  []string                           // the findings of "check", with the same variables; none if there is no damage
	mend   string                             // puts it right
}

// defences are modes of fs-verity on disks of two kinds, and with an expected digest.
var defences = []struct {
	name, feature, mode string
	expected            bool
}{
	{"off", "verity", "off", false}, {"try without", "^verity", "try", false}, {"try", "verity", "try", false},
	{"require", "verity", "require", false}, {"expected", "verity", "require", true},
}

// What mends: a repair, from the store and the registry, or another pull.
const (
	repair = "composefs-storage check --repair --from docker://" + app + " " + app + " >/dev/null\n"
	anew   = "podman rmi " + app + " >/dev/null\n" + pullApp
)

// tamperings are those of docs/security.md.
var tamperings = []tampering{
	{name: "nothing", want: [5]outcome{right, right, right, right, right}},
	{name: "a changed block of an object", want: [5]outcome{wrong, wrong, eio, eio, eio},
		flip:  func(s stored) (string, string) { return s.a, "" },
		found: []string{"object damaged $HEX_A", "image $APP", "/lib/100"}, mend: repair},
	{name: "a changed block of the image", want: [5]outcome{wrong, refused, eio, eio, eio},
		flip:  func(s stored) (string, string) { return s.image, "in the image" },
		found: []string{"merged image damaged", "$IMAGE", "image $APP"}, mend: repair},
	{name: "an object written to", want: [5]outcome{wrong, wrong, right, right, right},
		script: `echo x 1<>$A || true`,
		found:  []string{"object damaged $HEX_A", "image $APP", "/lib/100"}, mend: repair},
	{name: "swapped objects", want: [5]outcome{wrong, wrong, eio, eio, eio},
		script: `mv $A $P/t; mv $B $A; mv $P/t $B`,
		found:  []string{"object damaged $HEX_A", "object damaged $HEX_B", "image $APP", "/lib/100", "/lib/101"}, mend: repair},
	{name: "a copy of another image by the name of this one", want: [5]outcome{wrong, refused, refused, refused, refused},
		script: `cp $NEXT $P/t; mv $P/t $IMAGE; ln -f $IMAGE $LINK`,
		found:  []string{"merged image damaged", "$IMAGE", "image $APP"}, mend: repair},
	{name: "another image of the pool", want: [5]outcome{wrong, wrong, wrong, wrong, refused},
		script: `ln -f $NEXT $LINK`,
		found:  []string{"merged image different", "$LINK", "image $APP"}, mend: anew},
	{name: "an image without digests, and swapped objects", want: [5]outcome{wrong, wrong, eio, eio, refused},
		script: `
			composefs-storage dump $IMAGE | awk '{ $11 = "-"; print }' >/tmp/dump
			composefs-storage mkcomposefs --min-version=1 --from-file /tmp/dump $P/t
			to=$P/images/$(composefs-storage digest $P/t | cut -d " " -f 1)
			mv $P/t $to; ln -f $to $LINK
			mv $A $P/t; mv $B $A; mv $P/t $B`,
		found: []string{"merged image different", "$LINK", "object damaged $HEX_A", "object damaged $HEX_B", "image $APP", "/lib/100"},
		mend:  "composefs-storage check --repair " + app + " >/dev/null || test $? = 3\n" + anew},
}

// stored is the layout of a store, below /data, and the policy with the digest of
// app.
type stored struct{ image, next, link, a, b, policy string }

const pool = "store/overlay-composefs/"

// variables are what scripts and outputs call things.
func (s stored) variables() map[string]string {
	return map[string]string{
		"P": "/data/" + pool, "IMAGE": "/data/" + s.image, "NEXT": "/data/" + s.next, "LINK": "/data/" + s.link,
		"A": "/data/" + s.a, "B": "/data/" + s.b, "HEX_A": hex(s.a), "HEX_B": hex(s.b), "APP": app,
	}
}

// hex returns the digest of an object by its path.
func hex(path string) string { return filepath.Base(filepath.Dir(path)) + filepath.Base(path) }

// script returns a script in which the variables are set.
func (s stored) script(text string) string {
	var set strings.Builder
	for name, value := range s.variables() {
		fmt.Fprintf(&set, "%s='%s'\n", name, value)
	}
	return set.String() + text
}

// TestTampering changes a store in the ways that docs/security.md lists, and sees what
// becomes of them in each mode.
func TestTampering(t *testing.T) {
	t.Parallel()
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
				g.run(where.script(tamper.script))
				got, why := g.look(want)
				if got != tamper.want[i] {
					t.Errorf("%s: it is %s, want %s: %v", tamper.name, got, tamper.want[i], why)
				} else {
					t.Logf("%s: %s: %v", tamper.name, got, why)
				}
				if got == right { // no damage was done
					g.checked(tamper.name, 0)
					continue
				}
				found := where.found(tamper)
				g.checked(tamper.name, 3, found...)
				before := g.files()
				g.run(tamper.mend)
				if tamper.mend == repair {
					before.unchanged(t, tamper.name, g.files(), found)
				}
				g.checked(tamper.name+", mended", 0)
				if got, why := g.look(want); got != right {
					t.Errorf("%s, mended: it is %s: %v", tamper.name, got, why)
				}
			}
		})
	}
}

// store makes a store, and returns its layout and the tree that app must show.
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
// forget its caches of that, as a boot would.
func (g guest) otherDisk(number int) {
	g.t.Helper()
	g.run(fmt.Sprintf(`
		podman image unmount -af >/dev/null 2>&1 || true
		for at in $(awk '{ print $2 }' /proc/mounts | grep -E "^/(data|run)/" | sort -r); do umount -l $at; done
		umount -l /data
		rm -rf /run/containers /run/libpod
		mount /dev/vd%c /data`, 'b'+number))
}

// look mounts app and reads it, from the disk.
func (g guest) look(want *tree.Tree) (outcome, error) {
	g.t.Helper()
	defer g.run("podman image unmount -af >/dev/null")
	at, err := g.Run("echo 3 >/proc/sys/vm/drop_caches; podman image mount " + app)
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
