//go:build linux

package e2e_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestInterrupted ends pulls by signals when a server has sent so many bytes of a layer.
// Those that can be caught leave nothing behind; after one that kills, the next pull tidies.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	img := victim(podman.Gzip)
	want := seenPlain(t, img)
	store := podman.NewStore(t)
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGKILL} {
		for _, after := range []int{0, 1000, 300_000, 415_969} {
			t.Run(fmt.Sprintf("%s after %d", sig, after), func(t *testing.T) {
				p := store.Podman(t, podman.Ours, podman.Options{})
				s := newSite(t, img)
				cmd := p.Command(t.Context(), "pull", "-q", "--retry=0", s.ref)
				var said strings.Builder
				cmd.Stdout, cmd.Stderr = &said, &said
				var once sync.Once
				s.answer = func(w http.ResponseWriter, r *http.Request, digest string, n int) bool {
					if digest != s.Layers[1] {
						return false
					}
					serveBytes(&stalling{w, after, func() {
						once.Do(func() { _ = cmd.Process.Signal(sig) })
						<-r.Context().Done()
					}}, r, s.Blobs[digest])
					return true
				}
				if err := cmd.Run(); err == nil {
					t.Error("the pull succeeded")
				}
				checkPool(t, p)
				staged := glob(t, p.Store.Root, "overlay-composefs/staging/*")
				// podman may print the error of the pull before it ends by the signal.
				quiet := said.Len() == 0 || sig != syscall.SIGKILL && strings.HasSuffix(strings.TrimSpace(said.String()), ": interrupted")
				if killed := sig == syscall.SIGKILL; killed != (len(staged) > 0) || !quiet {
					t.Errorf("staged layers %q are left, podman said %q", staged, said.String())
				}
				s.right(t, img)
				if _, err := p.Try("pull", "-q", s.ref); err != nil { // it may warn of a layer that was being committed
					t.Fatal(err)
				}
				same(t, "wanted and pulled", want, seen(t, p, s.ref))
				checkPool(t, p)
				p.Store.Clean(t)
				p.Run("rmi", s.ref)
				checkEmpty(t, p)
			})
		}
	}
}

// stalling is a response that stops after so many bytes.
type stalling struct {
	http.ResponseWriter
	left  int
	stall func()
}

func (s *stalling) Write(p []byte) (int, error) {
	n, err := s.ResponseWriter.Write(p[:min(len(p), s.left)])
	s.left -= n
	if s.left == 0 {
		s.ResponseWriter.(http.Flusher).Flush()
		s.stall()
	}
	return n, err
}
