//go:build vm

package vm_test

import (
	"strings"
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

// TestCommit commits containers on this kernel, which needs metacopy=on, so that files of
// which only metadata were changed have no contents in the upper directory.
func TestCommit(t *testing.T) {
	g := boot(t, newDisk(t))
	g.run(pullApp + changeApp)
	want := g.tree(plain + pullApp + changeApp + show("twice"))
	for _, d := range mounted.Compare(want, g.tree(show("twice")), mounted.Allow{DirTimes: true}) {
		t.Errorf("plain overlay and ours: %v", d)
	}
	upper := "upper=$(podman container inspect --format '{{.GraphDriver.Data.UpperDir}}' box)\n"
	if got := g.run(upper + "for f in 021 023; do tr -d '\\0' <$upper/lib/$f | wc -c; done"); !strings.HasPrefix(got, "0\n") || strings.HasSuffix(got, "\n0") {
		t.Errorf("bytes other than 0 in a file with metadata only, and in one that was written to: %q", got)
	}
}
