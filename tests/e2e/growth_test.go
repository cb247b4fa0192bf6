//go:build linux

package e2e_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestPullGrowth counts the files of layers' records that a pull asks for in a store of 2 images and in
// one of 22. With our driver the number may grow as with plain overlay, but not by a file for each
// image more.
func TestPullGrowth(t *testing.T) {
	strace := needs.Program(t, "strace", "strace")
	plain := 0
	both(t, func(t *testing.T, p *podman.Podman) {
		var refs []string
		for i := range 22 {
			name := fmt.Sprintf("image%d", i)
			img := image(t, podman.Layer(layertest.File(name, name)))
			refs = append(refs, podman.SharedRegistry(t).Push(t, imageName(t)+"-"+name, img))
		}
		layers := many(4)
		p.Run(append([]string{"pull", "-q"}, refs[:2]...)...)
		few := recordsOf(t, strace, p, pushImage(t, image(t, layers[0], layers[1])))
		p.Run(append([]string{"pull", "-q"}, refs[2:]...)...)
		more := recordsOf(t, strace, p, pushImage(t, image(t, layers[2], layers[3])))
		t.Logf("%d and %d files", few, more)
		switch growth := more - few; {
		case few == 0:
			t.Error("nothing was traced")
		case p.Kind == podman.Plain:
			plain = growth
		case growth >= plain+20:
			t.Errorf("a pull asks for %d files in a store of 2 images and for %d in one of 22; with plain overlay for %d more", few, more, plain)
		}
	})
}

// recordsOf counts the system calls of a pull that name files in overlay-layers.
func recordsOf(t *testing.T, strace string, p *podman.Podman, ref string) int {
	t.Helper()
	out := filepath.Join(t.TempDir(), "calls")
	cmd := p.Command(t.Context(), "pull", "-q", ref)
	cmd.Path, cmd.Args = strace, append([]string{strace, "-f", "-e", "trace=%file", "-o", out}, cmd.Args...)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(text), "/overlay-layers/")
}
