//go:build linux

package e2e_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// userNamespaces are flags of containers of users with other owners than those of podman's namespace.
var userNamespaces = [][]string{
	{"--userns=keep-id"}, {"--userns=keep-id:uid=1000,gid=1001"}, {"--userns=auto:size=5000"}, {"--userns=auto:size=5000"},
	{"--uidmap=0:1:3000", "--gidmap=0:2:3000"}, {"--userns=nomap"}, {"--userns=host"},
}

// TestRootlessNamespaces compares owners in user namespaces with those of plain podman. Neither names nor contents
// take space again.
func TestRootlessNamespaces(t *testing.T) {
	t.Parallel()
	const large = 1 << 20
	ref := push(t, append(rich(), podman.Layer(layertest.File("large", strings.Repeat("0123456789abcdef", large/16)).Owner(7, 8, 0o644)))...)
	script := owners + `; echo more >>/large; chown 7:7 /home/big; stat -c '%u:%g %a %s' /large /home/big; touch /new; stat -c %u:%g /new; id -u`
	var outputs [][]string
	for _, kind := range []podman.Kind{podman.Plain, podman.Ours} {
		p := rootless(t, kind, "")
		p.Run("pull", "-q", ref)
		before := diskSpace(t, p.Store.Root)
		var list []string
		for _, flags := range userNamespaces {
			out, err := p.Try(slices.Concat([]string{"run", "--rm", "--network=none", "--user=0"}, flags, []string{ref, "sh", "-c", script})...)
			list = append(list, fmt.Sprintln(flags, out, err))
		}
		outputs = append(outputs, list)
		grown := diskSpace(t, p.Store.Root) - before
		t.Logf("%s: the store has grown by %d bytes", kind, grown)
		if kind != podman.Ours {
			continue
		}
		copies := glob(t, p.Store.Root, "overlay/*/composefs-idmap")
		if grown > large || len(copies) < len(userNamespaces)-2 {
			t.Errorf("the store has grown by %d bytes, with the idmapped layers %q", grown, copies)
		}
		for _, c := range copies {
			if objects := glob(t, filepath.Dir(c), "diff/*"); len(objects) > 0 {
				t.Errorf("%s has objects: %q", c, objects)
			}
		}
	}
	for i, want := range outputs[0] {
		if got := outputs[1][i]; got != want {
			t.Errorf("got %s\nwant, as with plain podman, %s", got, want)
		}
	}
}

// TestRootlessNamespaceChanges changes a container in a user namespace, lists and commits the changes as plain podman
// does, and starts it again. Then its layers become plain, and plain podman starts it.
func TestRootlessNamespaceChanges(t *testing.T) {
	t.Parallel()
	ref := push(t, rich()...)
	script := `cd /; [ -e new ] || { echo more >>home/big; chown 7:8 external; rm -r replaced; mkdir replaced; touch new; chmod 700 hidden; }
		stat -c '%n %u:%g %a' home home/big external replaced new hidden usr/bin/su`
	var outputs []string
	for _, kind := range []podman.Kind{podman.Plain, podman.Ours} {
		p := rootless(t, kind, "")
		p.Run("pull", "-q", ref)
		out := p.Run("run", "--name=box", "--network=none", "--user=0", "--userns=keep-id:uid=1000,gid=1001", ref, "sh", "-c", script)
		out += "\n" + sorted(p.Run("diff", "box"))
		p.Run("commit", "-q", "box", "made")
		out += "\n" + p.Run("run", "--rm", "--network=none", "made", "sh", "-c", script)
		out += "\n" + sorted(p.Run("diff", "made"))
		p.Run("rmi", "made")
		out += "\n" + p.Run("start", "-a", "box")
		if kind == podman.Ours {
			if n := len(glob(t, p.Store.Root, "overlay/*/composefs-idmap")); n != 1 {
				t.Errorf("%d idmapped layers", n)
			}
			runTool(t, p, "check", "--all")
			runTool(t, p, "convert", "--plain", "--all")
			if left := glob(t, p.Store.Root, "overlay/*/composefs-*"); len(left) > 0 {
				t.Errorf("after convert --plain: %q", left)
			}
			p = p.As(podman.Plain)
		}
		out += "\n" + p.Run("start", "-a", "box")
		p.Run("rm", "-a")
		p.Run("rmi", "-a")
		if left := glob(t, p.Store.Root, "overlay/*/diff"); len(left) > 0 {
			t.Errorf("layers are left: %q", left)
		}
		outputs = append(outputs, out)
	}
	if outputs[0] != outputs[1] {
		t.Errorf("got %s\nwant, as with plain podman, %s", outputs[1], outputs[0])
	}
}

// diskSpace returns the bytes that a directory takes.
func diskSpace(t *testing.T, dir string) int {
	t.Helper()
	out, err := exec.Command("du", "-s", "-B1", dir).Output()
	must(t, err)
	n, err := strconv.Atoi(strings.Fields(string(out))[0])
	must(t, err)
	return n
}
