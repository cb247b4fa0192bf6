//go:build vm

package vm_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/tests/mounted"
)

// userDir has the store of the user with ID 1000, and is its home.
const userDir = "/data/user"

// addUser makes the user's directories, lets everybody use FUSE, and sets how fs-verity is used.
func (g guest) addUser(mode string) {
	g.t.Helper()
	g.run("mkdir -p " + userDir + "/tmp " + userDir + "/runtime; chown -R 1000:1000 " + userDir + "; chmod 755 /data\n" +
		"chmod 666 /dev/fuse; mount --make-rshared /\n" +
		fmt.Sprintf("printf '%%s\\n' 'verity = %q' 'rootless = \"fuse\"' >/etc/containers/composefs.conf", mode))
}

// asUser is a script that runs another one, which has no single quotes, as the user.
func asUser(script string) string {
	return "/usr/bin/setpriv --reuid=1000 --regid=1000 --clear-groups env HOME=" + userDir + " TMPDIR=" + userDir + "/tmp XDG_RUNTIME_DIR=" + userDir + "/runtime" +
		" CONTAINERS_STORAGE_CONF=/etc/containers/user.conf CONTAINERS_CONF=/etc/containers/user-libpod.conf dash -ec '" + script + "'\n"
}

// userMounts reports whether the kernel lets users mount composefs: since 6.16.
func userMounts() bool {
	var major, minor int
	_, _ = fmt.Sscanf(system.Release(), "%d.%d", &major, &minor)
	return major > 6 || major == 6 && minor >= 16
}

// needsUserMounts skips a test if users cannot mount composefs.
func needsUserMounts(t *testing.T) {
	t.Helper()
	if !userMounts() {
		t.Skipf("Linux %s is older than 6.16", system.Release())
	}
}

// TestUserVerity pulls and runs an image as a user with fs-verity. The files that the user sees are those of the plain
// driver, the kernel verifies them, and a swapped object gives EIO.
func TestUserVerity(t *testing.T) {
	t.Parallel()
	needsUserMounts(t)
	for _, mode := range []string{"try", "require"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			userVerity(t, mode)
		})
	}
}

func userVerity(t *testing.T, mode string) {
	g := boot(t, newDisk(t, "verity"))
	g.mode("off")
	want := g.tree(plain + pullApp + show(app))
	g.addUser(mode)
	g.run(asUser(pullApp))
	shown := g.tree(asUser("podman unshare dash -c \"/guest tree \\$(podman image mount " + app + ")\""))
	for _, d := range mounted.Compare(want, shown, mounted.Allow{DirTimes: true}) {
		t.Errorf("plain overlay of root, and ours of a user: %v", d)
	}
	if mounts := g.run(asUser("podman unshare cat /proc/mounts")); !strings.Contains(mounts, "userxattr,verity=require") && !strings.Contains(mounts, "verity=require,userxattr") {
		t.Errorf("no mount of the user verifies: %s", mounts)
	}
	if got := g.run("/guest pool " + userDir + "/store/overlay-composefs"); strings.HasPrefix(got, "0 ") || !strings.HasSuffix(got, ", 0 not") {
		t.Error("of the pool:", got)
	}
	if got := g.run("/guest sealed " + userDir + "/store/overlay/*/composefs-data/*.blob"); strings.Contains(got, "false ") {
		t.Errorf("layer images with fs-verity: %s", got)
	}
	read := "podman run --rm --network=none " + app + " cat /lib/100"
	g.run(asUser(read + " >/dev/null"))
	var objects []string
	for _, name := range []string{"/lib/100", "/lib/101"} {
		e, ok := want.Lookup(name)
		if !ok {
			t.Fatalf("no %s in the image", name)
		}
		objects = append(objects, userDir+"/store/overlay-composefs/objects/"+e.Inode.BackingPath())
	}
	g.run(asUser(fmt.Sprintf("cp %s %s/swapped; rm -f %[3]s; mv %[2]s/swapped %[3]s", objects[1], userDir, objects[0])))
	if out, err := g.Run("set -e\n" + asUser(read+" 2>&1")); err == nil || !strings.Contains(out+err.Error(), "Input/output error") {
		t.Errorf("a swapped object: %q, %v; want EIO", out, err)
	}
	if out := g.run(asUser("composefs-storage check --all 2>&1 || echo exit code $?")); !strings.Contains(out, "exit code 3") {
		t.Errorf("check: %s", out)
	}
	g.run(asUser("composefs-storage check --all --repair --from docker://" + app))
	g.run(asUser(read + " >/dev/null"))
}

// TestUserTryWithout has a user pull with verity = "try" on a file system without fs-verity: nothing is sealed, all
// works, and status names the reason. With "require" podman refuses.
func TestUserTryWithout(t *testing.T) {
	t.Parallel()
	needsUserMounts(t)
	g := boot(t, newDisk(t, "^verity"))
	g.addUser("try")
	g.run(asUser(pullApp))
	if got := g.run(asUser("podman run --rm --network=none " + app + " cat /lib/new/short")); got != "in the image" {
		t.Errorf("a container prints %q", got)
	}
	if mounts := g.run(asUser("podman unshare dash -c \"podman image mount " + app + " >/dev/null; cat /proc/mounts\"")); !strings.Contains(mounts, "userxattr") || strings.Contains(mounts, "verity=require") {
		t.Errorf("mounts of the user: %s", mounts)
	}
	if got := g.run("/guest pool " + userDir + "/store/overlay-composefs"); !strings.HasPrefix(got, "0 ") || strings.HasSuffix(got, " 0 not") {
		t.Error("of the pool:", got)
	}
	g.run(asUser("composefs-storage check --all >/dev/null"))
	if out := g.run(asUser("composefs-storage status")); !strings.Contains(out, "composefs is on") || !withoutVerity.MatchString(out) {
		t.Errorf("status: %s", out)
	}
	g.addUser("require")
	if out, err := g.Run("set -e\n" + asUser("podman info 2>&1")); err == nil || !strings.Contains(out+err.Error(), "tune2fs -O verity") {
		t.Errorf("with require: %q, %v; want advice on tune2fs", out, err)
	}
}

// withoutVerity is a line of status.
var withoutVerity = regexp.MustCompile(`(?m)^  fs-verity +no +\S`)

// TestUserTooOld has a user pull on a kernel before 6.16: layers stay plain, and podman and status give the reason.
func TestUserTooOld(t *testing.T) {
	t.Parallel()
	if userMounts() {
		t.Skipf("Linux %s is not older than 6.16, as with KERNEL=trixie", system.Release())
	}
	g := bootAny(t, newDisk(t, "verity"))
	g.addUser("try")
	g.run(asUser(pullApp))
	const why = "Linux 6.16 or newer is needed"
	for _, command := range []string{"podman info --format \"{{.Store.GraphStatus.Composefs}}\"", "composefs-storage status"} {
		if out := g.run(asUser(command)); !strings.Contains(out, why) {
			t.Errorf("%s: no reason:\n%s", command, out)
		}
	}
	if got := g.run(asUser("podman run --rm --network=none " + app + " cat /lib/new/short")); got != "in the image" {
		t.Errorf("a container prints %q", got)
	}
	if got := g.run("ls -d " + userDir + "/store/overlay/*/composefs-data 2>/dev/null | wc -l"); got != "0" {
		t.Errorf("%s layers are composefs", got)
	}
}

// TestUserPowerCuts cuts the power while a user pulls, at instants all over the pull. Afterwards the user's store is
// sound, and the pull can be done again.
func TestUserPowerCuts(t *testing.T) {
	t.Parallel()
	needsUserMounts(t)
	disk := newDisk(t, "verity")
	const remove = "podman rmi -af >/dev/null"
	const reboot = "cd " + userDir + " && rm -rf run libpod runtime" // which are in memory elsewhere
	g := boot(t, disk)
	g.addUser("require")
	before, err := g.Worked()
	if err != nil {
		t.Fatal(err)
	}
	g.run(asUser(pullApp))
	after, err := g.Worked()
	if err != nil {
		t.Fatal(err)
	}
	takes := after - before
	g.run(asUser(remove))
	g.off()
	r := rand.New(rand.NewPCG(*seed, 0))
	n := max(3, *cuts/10)
	for i := range n {
		g := boot(t, disk)
		g.run(reboot)
		g.addUser("require")
		g.run("mount -o remount,commit=1 /data; echo 20 >/proc/sys/vm/dirty_writeback_centisecs; echo 50 >/proc/sys/vm/dirty_expire_centisecs")
		before, err := g.Worked()
		if err == nil {
			err = g.Start(asUser(pullApp))
		}
		if err != nil {
			t.Fatal(err)
		}
		part := (float64(i) + r.Float64()) / float64(n)
		waitWork(t, g.Machine, before+time.Duration(part*float64(takes)))
		if err := g.Cut(); err != nil {
			t.Fatal(err)
		}
		g = boot(t, disk)
		g.run(reboot)
		g.addUser("require")
		if out, err := g.Run(asUser("composefs-storage check --all")); err != nil {
			t.Errorf("cut after %.0f%%: %s: %v", part*100, out, err)
		}
		if got := g.run(asUser(pullApp + "podman run --rm --network=none " + app + " cat /lib/new/short")); got != "in the image" {
			t.Errorf("cut after %.0f%%: a container prints %q", part*100, got)
		}
		g.run(asUser(remove))
		g.off()
	}
}
