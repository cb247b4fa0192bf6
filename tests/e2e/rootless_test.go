//go:build linux

package e2e_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestRootless uses podman without root: with ours and the sample storage.conf all is as with
// plain podman.
func TestRootless(t *testing.T) {
	t.Parallel()
	ref := pushImage(t, image(t, append(rich(), impliedLayers("rootless")[:2]...)...))
	said := map[podman.Kind]string{}
	judge := ourStore(t, podman.Plain, podman.Options{Rootless: true})
	ours := ourStore(t, podman.Ours, podman.Options{Rootless: true})
	for _, p := range []*podman.Podman{judge, ours} {
		var all strings.Builder
		for _, args := range [][]string{
			{"pull", "-q", ref},
			{"run", "--rm", ref, "sh", "-c", owners},
			{"run", "--rm", "--user=1000", ref, "stat", "-c", "%A %u:%g %n", "/d", "/d/sub", "/d/sub/new"},
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
		said[p.Kind] = all.String()
	}
	if got, want := said[podman.Ours], said[podman.Plain]; got != want {
		t.Errorf("got:\n%s\nwant, as plain podman says:\n%s", got, want)
	}
}
