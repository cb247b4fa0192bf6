//go:build linux

package e2e_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestConvertPlainKilled ends the way back at random instants, again and again until nothing is
// left to do: while it unpacks layers, exchanges them, and completes a container. Each time the
// image and the container are whole. Then nothing is left over, and stock podman starts the
// container.
func TestConvertPlainKilled(t *testing.T) {
	t.Parallel()
	layers := append(rich(), directory("renamed", 300))
	ref := push(t, layers...)
	judge := podman.New(t, podman.Plain)
	judge.Run("pull", "-q", ref)
	want := seen(t, judge, ref)
	r := rand.New(rand.NewPCG(16, 4))
	const unpacking, completing = "with composefs layers", "with plain layers only"
	ended := map[string]int{}
	took := time.Second
	for _, signal := range []syscall.Signal{syscall.SIGKILL, syscall.SIGINT} {
		s := podman.NewStore(t)
		p := s.Podman(t, podman.Ours, podman.Options{})
		p.Run("pull", "-q", ref)
		p.Run("run", "--name", "box", ref, "sh", "-c", "test -e /moved || mv /renamed /moved")
		must(t, s.Settle())
		box := seenByContainer(t, p, "box")
		start := time.Now()
		for tries := 0; tries < 10 && endTool(t, p, r, took/2, signal, "convert", "--plain", "--all"); tries++ {
			state := completing
			if len(blobsIn(t, s.Root)) > 0 {
				state = unpacking
			}
			ended[state]++
			same(t, fmt.Sprint("image, ended by ", signal), want, seen(t, p, ref), "/")
			same(t, fmt.Sprint("container, ended by ", signal), box, seenByContainer(t, p, "box"), "/")
			start = time.Now()
		}
		runTool(t, p, "convert", "--plain", "--all")
		took = min(took, max(2*time.Since(start), 100*time.Millisecond))
		stock := p.As(podman.Plain)
		same(t, "container, in the end", box, seenByContainer(t, stock, "box"), "/")
		if _, err := unix.Lgetxattr(filepath.Join(upperOf(t, stock, "box"), "moved"), "trusted.overlay.redirect", nil); err == nil {
			t.Error("the renamed directory refers to one below")
		}
		stock.Run("start", "-a", "box")
		stock.Run("rm", "box")
		checkPlainStore(t, judge, p)
	}
	t.Logf("ended %v", ended)
}

// directory returns a layer with a directory of n files.
func directory(name string, n int) []byte {
	entries := []layertest.Entry{layertest.Dir(name)}
	for i := range n {
		entries = append(entries, layertest.File(fmt.Sprintf("%s/%d", name, i), fmt.Sprintf("%4096d", i)))
	}
	return podman.Layer(entries...)
}
