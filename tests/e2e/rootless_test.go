//go:build linux

package e2e_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestRootless uses podman without root: with ours, whether its layers are plain or served by FUSE, all is as with
// plain podman. Served images keep devices, which nobody can open, and the owners of directories that a layer
// implies, as root's do.
func TestRootless(t *testing.T) {
	for _, c := range []struct {
		name   string
		ours   podman.Options
		layers [][]byte
	}{
		{"plain", podman.Options{Rootless: true, Composefs: `rootless = "plain"`}, append(rich(), impliedLayers("rootless")[:2]...)},
		{"served", podman.Options{Rootless: true, FUSE: true, Composefs: `rootless = "fuse"`}, rich()},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ref := pushImage(t, image(t, c.layers...))
			want := usedWithoutRoot(t, ourStore(t, podman.Plain, podman.Options{Rootless: true}), ref)
			got := usedWithoutRoot(t, ourStore(t, podman.Ours, c.ours), ref)
			if c.ours.FUSE {
				got = strings.ReplaceAll(got, "0:0 600 /odd/null\n", "")
			}
			if got != want {
				t.Errorf("got:\n%s\nwant, as plain podman says:\n%s", got, want)
			}
		})
	}
}

// usedWithoutRoot uses an image in many ways, and returns the output.
func usedWithoutRoot(t *testing.T, p *podman.Podman, ref string) string {
	t.Helper()
	var all strings.Builder
	for _, args := range [][]string{
		{"pull", "-q", ref},
		{"run", "--rm", ref, "sh", "-c", owners},
		{"run", "--rm", "--user=1000", ref, "stat", "-c", "%A %u:%g %n", "/home", "/replaced", "/usr/bin/su"},
		{"run", "--name=box", ref, "sh", "-c", changes},
		{"diff", "--format=json", "box"},
		{"export", "-o", filepath.Join(p.Store.Dir, "box.tar"), "box"},
		{"commit", "-q", "box", "committed"},
		{"run", "--rm", "committed", "sh", "-c", owners},
		{"save", "-q", "-o", filepath.Join(p.Store.Dir, "saved.tar"), ref},
		{"rmi", "-f", ref},
		{"load", "-q", "-i", filepath.Join(p.Store.Dir, "saved.tar")},
		{"run", "--rm", ref, "sh", "-c", owners},
	} {
		out, err := p.Try(args...)
		if err != nil {
			t.Fatal(err)
		}
		if args[0] != "commit" { // its time is in the name
			fmt.Fprintln(&all, args[0], out)
		}
	}
	return all.String()
}
