//go:build vm

package vm_test

import (
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/mounted"
)

// TestBrokenDisk has a disk refuse all writes from the middle of a pull on. The pull must
// fail, and after a boot with a disk that works the next one be right.
func TestBrokenDisk(t *testing.T) {
	t.Parallel()
	disk := newDisk(t, "verity")
	g := boot(t, disk)
	g.mode("off")
	want := g.tree(plain + pullApp + show(app))
	g.off()

	g = boot(t, disk)
	g.mode("require")
	g.run(`
		umount /data
		size=$(blockdev --getsz /dev/vdb)
		dmsetup create --noudevsync data --table "0 $size linear /dev/vdb 0"
		mount /dev/dm-0 /data
		podman pull -q ` + app + ` >/tmp/pull 2>&1 &
		until ls /data/store/overlay-composefs/staging/*/* >/dev/null 2>&1; do usleep 1000; done
		dmsetup suspend --noflush --nolockfs --noudevsync data
		dmsetup reload data --table "0 $size flakey /dev/vdb 0 0 1000000 1 error_writes"
		dmsetup resume --noudevsync data
		if wait $!; then echo ended >>/tmp/pull; fi`)
	said := g.run("cat /tmp/pull")
	if strings.HasSuffix(said, "ended") || !strings.Contains(said, "Error: ") {
		t.Errorf("a pull to a disk that fails says %q, want an error", said)
	}
	t.Log(said)
	if err := g.Cut(); err != nil {
		t.Fatal(err)
	}

	g = boot(t, disk)
	g.mode("require")
	g.run(pullApp)
	for _, d := range mounted.Compare(want, g.tree(show(app)), mounted.Allow{DirTimes: true}) {
		t.Errorf("after a pull that failed: %v", d)
	}
	if got := g.run("/guest pool /data/store/overlay-composefs"); !strings.HasSuffix(got, ", 0 not") {
		t.Error("of the pool:", got)
	}
}
