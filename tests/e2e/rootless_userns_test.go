//go:build linux

package e2e_test

import (
	"fmt"
	"os/exec"
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

// TestRootlessNamespaces compares owners in user namespaces with those of plain podman. Contents take no space again.
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
		if kind == podman.Ours && grown > large {
			t.Errorf("the store has grown by %d bytes", grown)
		}
	}
	for i, want := range outputs[0] {
		if got := outputs[1][i]; got != want {
			t.Errorf("got %s\nwant, as with plain podman, %s", got, want)
		}
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
