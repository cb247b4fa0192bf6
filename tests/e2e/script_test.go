//go:build linux

package e2e_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// script mounts an image that was only pulled, with tools that are independent of podman,
// and looks at it. It has a mount namespace of its own, where mount(8) finds our helper;
// there /sbin may be a symlink.
const script = `set -eu
mount -t tmpfs none "$(readlink -f /sbin)"
cp "$HELPER" /sbin/mount.composefs
LAYER=$(jq -r --arg image "$IMAGE" '.[] | select(.names | any(. == $image or . == $image + ":latest")) | .layer' overlay-images/images.json)
mount -t composefs "overlay/$LAYER/composefs-data/merged.blob" -o basedir=overlay-composefs/objects "$AT"
cat "$AT/home/big" | sha256sum
findmnt -no SOURCE,FSTYPE "$AT"
"$TOOL" mkcomposefs --min-version=1 --print-digest-only "$AT"
`

// TestScript mounts an image by the script that people know from composefs, as soon as
// it is pulled, and compares the digest that inspect prints with mkcomposefs's of the
// mounted tree, which has no hard links.
func TestScript(t *testing.T) {
	needs.Program(t, "jq", "jq")
	p := podman.New(t, podman.Ours)
	ref := pull(t, p, podman.Layer(
		layertest.Dir("home").Owner(1000, 1001, 0o2750), layertest.File("home/big", strings.Repeat("big", 100_000)),
		layertest.File("home/secret", "secret"), layertest.File("bin/tool", "tool").Owner(0, 0, 0o4755),
	), podman.Layer(layertest.File("home/.wh.secret", ""), layertest.File("home/new", "new").Xattr("user.note", "value")))
	tool, err := filepath.Abs("../../bin/composefs-storage")
	if err != nil {
		t.Fatal(err)
	}
	needs.Built(t, tool, "make build")
	cmd := exec.Command("unshare", "--mount", "--propagation", "private", "sh", "-c", script)
	cmd.Dir = p.Store.Root
	cmd.Env = append(os.Environ(), "IMAGE="+ref, "AT="+t.TempDir(), "TOOL="+tool, "HELPER="+tool)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	want := p.Run("run", "--rm", ref, "sh", "-c", "cat /home/big | sha256sum")
	if len(lines) != 3 || lines[0] != want || strings.Join(strings.Fields(lines[1]), " ") != "composefs overlay" {
		t.Fatalf("the script says %q, want the hash %s", lines, want)
	}
	cmd = exec.Command(tool, "inspect", ref)
	cmd.Env = p.Command(t.Context()).Env
	inspect, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("inspect: %v: %s", err, inspect)
	}
	if !strings.Contains(string(inspect), lines[2]) {
		t.Errorf("mkcomposefs makes an image with digest %s, inspect says %s", lines[2], inspect)
	}
}
