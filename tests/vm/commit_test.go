//go:build vm

package vm_test

import (
	"fmt"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/mounted"
)

// changeApp is a script that changes files of the image app in a container in every way,
// commits it, changes that and commits again.
const changeApp = `podman run --name box ` + app + ` /bin/sh -ec '
busybox chmod 700 /lib/021 /srv/020; busybox chown 5:6 /lib/022; busybox ln /lib/025 /lib/hard; busybox rm /lib/024
echo added >>/lib/023; busybox mkdir /made; echo made >/made/file; busybox mv /lib/026 /made/moved
busybox touch -d @1600000000 /lib/023 /srv/021 /made/file'
podman commit -q box once >/dev/null
podman run --name box2 once /bin/sh -ec 'busybox chmod 600 /lib/hard /lib/023; busybox rm -r /made; busybox chown 7:7 /lib/021'
podman commit -q box2 twice >/dev/null
`

// TestCommit commits containers. Where the kernel needs metacopy=on, files of which only metadata
// were changed have no contents in the upper directory. The others copy them up whole.
func TestCommit(t *testing.T) {
	t.Parallel()
	g := boot(t, newDisk(t))
	g.run(pullApp)
	metacopy := g.needsMetacopy()
	t.Logf("the kernel needs metacopy=on: %v", metacopy)
	g.run(changeApp)
	want := g.tree(plain + pullApp + changeApp + show("twice"))
	for _, d := range mounted.Compare(want, g.tree(show("twice")), mounted.Allow{DirTimes: true}) {
		t.Errorf("plain overlay and ours: %v", d)
	}
	upper := "upper=$(podman container inspect --format '{{.GraphDriver.Data.UpperDir}}' box)\n"
	var chmodded, written int
	if _, err := fmt.Sscan(g.run(upper+"for f in 021 023; do tr -d '\\0' <$upper/lib/$f | wc -c; done"), &chmodded, &written); err != nil {
		t.Fatal(err)
	}
	if (chmodded == 0) != metacopy || written == 0 {
		t.Errorf("the upper directory has %d bytes other than 0 of a file with another mode, want none: %v; %d of one that was written to",
			chmodded, metacopy, written)
	}
}

// needsMetacopy reports whether the kernel opens files of a composefs image only where overlayfs is
// mounted with metacopy=on. It mounts the only image of the pool without the driver.
func (g guest) needsMetacopy() bool {
	g.t.Helper()
	g.run("mkdir /tmp/image /tmp/view; mount -t erofs -o ro /data/" + pool + "images/* /tmp/image")
	defer g.run("umount /tmp/image")
	const view = "mount -t overlay -o ro,redirect_dir=follow,%slowerdir=/tmp/image::/data/" + pool + "objects overlay /tmp/view\n" +
		"code=0; cat /tmp/view/lib/021 >/dev/null || code=$?; umount /tmp/view; exit $code"
	g.run(fmt.Sprintf(view, "metacopy=on,"))
	_, err := g.Run("set -e\n" + fmt.Sprintf(view, "metacopy=off,"))
	return err != nil
}
