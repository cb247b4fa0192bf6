//go:build vm

package vm_test

import (
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/messages"
	"github.com/composefs-storage/composefs-storage/tests/mounted"
)

// TestTooOld runs on a kernel that cannot mount composefs, such as that of Debian 12. The demo's
// check, status and a pull report that with the reason, and podman works with plain layers.
func TestTooOld(t *testing.T) {
	t.Parallel()
	if !tooOld() {
		t.Skipf("Linux %s is not older than 6.5, as with KERNEL=bookworm", system.Release())
	}
	const (
		why   = "data-only layers of overlayfs not supported (Linux 6.5 has it)"
		off   = "composefs is off\n  why: " + why
		check = "echo VERSION_CODENAME=bookworm >/tmp/os-release\n" +
			"code=0; OS_RELEASE=/tmp/os-release dash /opt/hack/demo/check.sh /data 2>&1 || code=$?; echo exit code $code\n"
	)
	g := bootAny(t, newDisk(t, "verity"))
	say := func(when, script string, words ...string) {
		t.Helper()
		out := g.run(script)
		t.Logf("%s:\n%s", when, out)
		if bad := messages.Internal(out); bad != "" {
			t.Errorf("%s: it names %s", when, bad)
		}
		if strings.Contains(out, "Usage: ") {
			t.Errorf("%s: a program does not know an option:\n%s", when, out)
		}
		for _, w := range words {
			if strings.Count(out, w) != 1 {
				t.Errorf("%s: %q is not there once:\n%s", when, w, out)
			}
		}
	}
	say("check before the first pull", check, "error: "+off,
		"hint: install the kernel of bookworm-backports as root, then reboot:\n", "apt-get install linux-image-amd64/bookworm-backports", "exit code 1")
	say("status before the first pull", "composefs-storage status", off, "Linux "+system.Release())
	features := "composefs-storage status | tr -s ' '"
	say("features", features, "lowerdir+ of overlayfs no (Linux 6.8 has it)", "idmapped directories below overlayfs yes")
	say("pull", "podman pull "+app+" 2>&1", `level=warning msg="composefs: pulled layers stay plain: `+why)
	say("status", "composefs-storage status", off, "images        1 plain")
	say("check", check, "error: "+off, "exit code 1")
	say("info", "podman info --format '{{.Store.GraphStatus.Composefs}}'", "off: "+why)

	for _, d := range mounted.Compare(g.tree(plain+pullApp+show(app)), g.tree(show(app)), mounted.Allow{DirTimes: true}) {
		t.Errorf("plain overlay and ours: %v", d)
	}
	say("container", "podman run --name box "+app+" sh -c 'echo kept >/srv/file; cat /lib/new/short'", "in the image")
	say("commit", "podman commit -q box committed >/dev/null; podman run --rm committed cat /srv/file", "kept")
	say("convert", "composefs-storage convert --all 2>&1 || echo exit code $?", "images would not be mounted", "exit code 1")
	say("layers", "ls -d /data/store/overlay/*/composefs-data 2>/dev/null | wc -l", "0")
}
