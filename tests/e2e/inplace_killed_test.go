//go:build linux

package e2e_test

import (
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestConvertKilled kills conversions at random instants. Then every image is whole, and
// another one finishes.
func TestConvertKilled(t *testing.T) {
	t.Parallel()
	layers := append(many(6), rich()...)
	img := image(t, layers...)
	want := seenPlain(t, img)
	ref := pushImage(t, img)
	r := rand.New(rand.NewPCG(6, 18))
	killed := 0
	took := time.Second
	for round := range 5 {
		s := podman.NewStore(t)
		plain := s.Podman(t, podman.Plain, podman.Options{})
		plain.Run("pull", "-q", ref)
		p := plain.As(podman.Ours)
		for range 3 {
			if endTool(t, p, r, took, []syscall.Signal{syscall.SIGKILL, syscall.SIGINT}[round%2], "convert", "--all") {
				killed++
			}
			same(t, fmt.Sprint("round ", round), want, seen(t, p, ref))
			plain.Run("system", "check", "-m", "1h")
		}
		start := time.Now()
		runTool(t, p, "convert", "--all")
		if round == 0 {
			took = min(took, 2*time.Since(start))
		}
		checkImages(t, p, layers...)
		same(t, "finished", want, seen(t, p, ref))
		dry, wet := collected(t, p, "--dry-run"), collected(t, p)
		if dry.counts != wet.counts {
			t.Errorf("a dry run says %+v, then %+v was collected", dry, wet)
		}
		checkPool(t, p)
		if staged := glob(t, s.Root, "overlay-composefs/staging/*"); len(staged) > 0 {
			t.Errorf("left over: %q", staged)
		}
		p.Run("rmi", "-af")
		checkEmpty(t, p)
	}
	t.Logf("%d were ended early", killed)
}
