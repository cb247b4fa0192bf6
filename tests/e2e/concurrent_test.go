//go:build linux

package e2e_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// atOnce runs n commands at a time and reports those that fail.
func atOnce(t *testing.T, n int, run func(i int) error) {
	t.Helper()
	var wg sync.WaitGroup
	for i := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if err := run(i); err != nil {
				t.Error(err)
			}
		}()
	}
	wg.Wait()
}

// TestManyContainersAtOnce runs 20 containers of one image that nobody has mounted yet.
func TestManyContainersAtOnce(t *testing.T) {
	both(t, func(t *testing.T, p *podman.Podman) {
		ref := pull(t, p, rich()...)
		atOnce(t, 20, func(i int) error {
			got, err := p.Try("run", "--rm", ref, "sh", "-c", fmt.Sprintf("echo %d > /own; chmod 700 /home/big; cat /hidden/new /own", i))
			if want := fmt.Sprintf("new%d", i); err == nil && got != want {
				err = fmt.Errorf("got %q, want %q", got, want)
			}
			return err
		})
		p.Store.Clean(t)
	})
}

// TestPullsAndRemovalsAtOnce pulls images that share layers, while others of them are
// removed and run.
func TestPullsAndRemovalsAtOnce(t *testing.T) {
	both(t, func(t *testing.T, p *podman.Podman) {
		layers := many(6)
		refs := make([]string, 6)
		for i := range refs {
			refs[i] = podman.SharedRegistry(t).Push(t, fmt.Sprint("atonce/", i), image(t, layers[:i+1]...))
		}
		atOnce(t, len(refs), func(i int) error {
			for range 2 {
				if err := pullAgain(p, refs[i]); err != nil {
					return err
				}
				if i%2 == 0 {
					if _, err := p.Try("rmi", "-f", refs[i]); err != nil {
						return err
					}
				}
			}
			return nil
		})
		for i := 1; i < len(refs); i += 2 {
			same(t, refs[i], seenPlain(t, image(t, layers[:i+1]...)), seen(t, p, refs[i]))
		}
		p.Run("system", "check")
		p.Run("rmi", "-af")
		checkEmpty(t, p)
	})
}

// pullAgain pulls an image, also if layers that the pull has found are removed
// before it ends. No podman guards against that.
func pullAgain(p *podman.Podman, ref string) (err error) {
	for range 5 {
		_, err = p.Try("pull", "-q", ref)
		if !isRemoved(err) {
			return err
		}
	}
	return err
}

// isRemoved reports whether a pull failed because a layer that it had found was removed: containers/image
// looks for it again when it commits a layer, or an image.
func isRemoved(err error) bool {
	return err != nil && (strings.Contains(err.Error(), "layer not known") || strings.Contains(err.Error(), "layer for blob"))
}

// TestKilledPull kills pulls at many instants. The next command finds a sound store,
// and the pull can be done again.
func TestKilledPull(t *testing.T) {
	both(t, func(t *testing.T, p *podman.Podman) {
		img := image(t, rich()...)
		ref := pushImage(t, img)
		start := time.Now()
		p.Run("pull", "-q", ref)
		took := time.Since(start)
		p.Run("rmi", ref)
		killed := 0
		const rounds = 12
		for i := range rounds {
			ctx, cancel := context.WithTimeout(t.Context(), took*time.Duration(i+1)/rounds)
			if err := p.Command(ctx, "pull", "-q", ref).Run(); err != nil {
				killed++
			}
			cancel()
			if _, err := p.Try("images"); err != nil { // it warns of its removals
				t.Fatal(err)
			}
			if i%3 == 2 {
				p.Run("pull", "-q", ref)
				same(t, "wanted and pulled", seenPlain(t, img), seen(t, p, ref))
				p.Run("rmi", ref)
			}
		}
		if killed == 0 {
			t.Error("none was killed")
		}
		p.Run("pull", "-q", ref)
		p.Run("system", "check")
		p.Run("rmi", ref)
		checkEmpty(t, p)
	})
}

// TestKilledContainerProcess kills podman itself while it runs a container, which goes
// on until it is removed.
func TestKilledContainerProcess(t *testing.T) {
	both(t, func(t *testing.T, p *podman.Podman) {
		ref := pull(t, p, rich()...)
		cmd := p.Command(t.Context(), "run", "--name", "box", ref, "sleep", "100")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			if out, err := p.Try("inspect", "--format", "{{.State.Status}}", "box"); err == nil && out == "running" {
				break
			}
			if time.Now().After(end) {
				t.Fatal("it does not run")
			}
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if got := p.Run("exec", "box", "cat", "/hidden/new"); got != "new" {
			t.Errorf("/hidden/new is %q", got)
		}
		p.Run("rm", "-f", "-t0", "box")
		p.Store.Clean(t)
	})
}
