//go:build vm

package vm_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// xfsDisk makes a data disk with XFS.
func xfsDisk(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "data.img")
	if out, err := exec.Command("sh", "-ec", `truncate -s 1G "$0"; mkfs.xfs -q "$0"`, path).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}

// TestProjectQuota has a container with a quota that is smaller than its image, as with
// plain overlay: its writes count, and the image does not. A file whose mode is changed
// is not compared: where the kernel needs metacopy=on, it takes no space here. XFS frees the blocks
// of removed files in the background, so the script waits until the quota, which statfs(2) reports in
// a directory with a project, has them back.
func TestProjectQuota(t *testing.T) {
	t.Parallel()
	g := boot(t, xfsDisk(t))
	g.run("umount /data; mount -t xfs -o pquota /dev/vdb /data; mkdir -p /data/tmp")
	g.mode("off")
	const script = `
podman run --name box --storage-opt size=1m ` + app + ` sh -c '
	b=/bin/busybox
	left() { $b stat -f -c %f /; }
	all=$(left)
	freed() { while [ $(left) -lt $all ]; do $b usleep 10000; done; }
	[ $all -le 256 ] && echo quota is seen
	test $($b stat -c %s $b) -gt 1048576 && echo image is larger
	$b dd if=/dev/zero of=/some bs=64k count=8 2>/dev/null && echo 512 KB
	$b dd if=/dev/zero of=/more bs=64k count=32 2>/dev/null || echo no 2 MB
	$b rm /some /more; freed
	$b cat $b 2>/dev/null >/copy || echo no copy of a file that is larger
	$b rm /copy; freed
	$b dd if=/dev/zero of=/some bs=64k count=8 2>/dev/null && echo 512 KB again' 2>&1
podman rm box >/dev/null`
	want := g.run(plain + pullApp + script)
	got := g.run(pullApp + script)
	if got != want {
		t.Errorf("got:\n%s\nwant, as plain podman says:\n%s", got, want)
	}
	for _, words := range []string{"quota is seen", "image is larger", "512 KB\n", "no 2 MB", "no copy", "512 KB again"} {
		if !strings.Contains(got, words) {
			t.Errorf("%q is missing in:\n%s", words, got)
		}
	}
	if blobs := g.run("ls /data/store/overlay/*/composefs-data/composefs.blob"); blobs == "" {
		t.Error("nothing is composefs")
	}
	g.checked("at the end", 0)
}
