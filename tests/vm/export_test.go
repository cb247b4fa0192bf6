//go:build vm

package vm_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/mounted"
)

// TestExport exports an image to a repository on a disk with fs-verity, and mounts it as an initramfs mounts the
// root of a host: by the digest on the kernel's command line, verified. The tree is that of plain overlay, a swapped
// object gives EIO, and another image by the name of this one, or none, is refused.
func TestExport(t *testing.T) {
	t.Parallel()
	g := boot(t, newDisk(t, "verity"))
	g.mode("off")
	want := g.tree(plain + pullApp + show(app))
	g.mode("require")
	g.run(pullApp)
	exported := g.run("ln -s composefs-storage /usr/bin/mount.composefs; mkdir /tmp/root\n" +
		"composefs-storage export " + app + " --repo /data/sysroot/composefs")
	if !strings.Contains(exported, " 0 reflinked, 0 copied, ") {
		t.Errorf("export says %s", exported)
	}
	digest := g.run("composefs-storage digest " + app)
	if sealed := g.run("/guest sealed /data/sysroot/composefs/images/" + digest + " /data/sysroot/composefs/objects/*/*"); strings.Contains(sealed, "false ") {
		t.Errorf("files without fs-verity: %.500s", sealed)
	}
	const root = "TMPDIR=/nowhere mount.composefs --from-cmdline /data/sysroot /tmp/root -o ro\n"
	g.run(cmdline("composefs=" + digest))
	for _, d := range mounted.Compare(want, g.tree(root+"/guest tree /tmp/root"), mounted.Allow{DirTimes: true}) {
		t.Errorf("plain overlay, and the root of a host: %v", d)
	}
	if mount := g.run("grep ' /tmp/root ' /proc/mounts"); !strings.HasPrefix(mount, "composefs="+digest+" ") || !strings.Contains(mount, "verity=require") {
		t.Errorf("the mount is %s", mount)
	}
	g.run(fmt.Sprintf("umount /tmp/root; o=/data/sysroot/composefs/objects; i=/data/sysroot/composefs/images/%s\n", digest) + `
		of() { composefs-storage ls $i $1 | sed 's/.*@ //'; }
		a=$(of /lib/100) b=$(of /lib/101); cp $o/$b /data/t; rm $o/$a; mv /data/t $o/$a`)
	if out, err := g.Run(root + "cat /tmp/root/lib/101 >/dev/null; cat /tmp/root/lib/100"); err == nil || !strings.Contains(err.Error(), "Input/output error") {
		t.Errorf("a swapped object: %q, %v", out, err)
	}
	g.run("umount /tmp/root; cp $(readlink -f /data/sysroot/composefs/images/" + digest + ") /data/t; i=/data/sysroot/composefs/images/" + digest + "; rm $i; mv /data/t $i")
	for what, script := range map[string]string{"a copy without fs-verity": "", "another digest": cmdline("composefs.digest=v1-sha256-12:" + strings.Repeat("0", 64))} {
		if out, err := g.Run(script + root); err == nil {
			t.Errorf("%s is mounted: %s", what, out)
		}
	}
}

// cmdline is a script that gives the kernel another command line.
func cmdline(text string) string {
	return "echo 'quiet " + text + "' >/tmp/cmdline; umount /proc/cmdline 2>/dev/null || true; mount --bind /tmp/cmdline /proc/cmdline\n"
}
