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

// TestInterruptedPartly ends pulls by signals when a server has sent so many bytes of a
// zstd:chunked layer of which the store has most: of its table of contents, or of its
// files. What can be caught leaves nothing behind; after what kills the next pull tidies.
// The image that the store had stays whole.
func TestInterruptedPartly(t *testing.T) {
	t.Parallel()
	there, img := image(t, noise(0, 30)), image(t, noise(10, 30))
	there.Compression, img.Compression = podman.Chunked, podman.Chunked
	want, wantThere := seenPlain(t, img), seenPlain(t, there)
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGKILL} {
		for _, after := range []int{0, 1000, 100_000} {
			t.Run(fmt.Sprintf("%s after %d", sig, after), func(t *testing.T) {
				p := podman.New(t, podman.Ours)
				had := newSite(t, there)
				p.Run("pull", "-q", had.ref)
				s := newSite(t, img)
				cmd := p.Command(t.Context(), "pull", "-q", "--retry=0", s.ref)
				var said strings.Builder
				cmd.Stdout, cmd.Stderr = &said, &said
				var mutex sync.Mutex
				var once sync.Once
				left := after
				layer := s.Layers[len(s.Layers)-1]
				s.answer = func(w http.ResponseWriter, r *http.Request, digest string, _ int) bool {
					if digest != layer {
						return false
					}
					mutex.Lock()
					defer mutex.Unlock()
					stall := &stalling{w, left, func() {
						once.Do(func() { _ = cmd.Process.Signal(sig) })
						<-r.Context().Done()
					}}
					serveBytes(stall, r, s.Blobs[digest])
					left = stall.left
					return true
				}
				if err := cmd.Run(); err == nil {
					t.Error("the pull succeeded")
				}
				checkPool(t, p)
				if staged := glob(t, p.Store.Root, "overlay-composefs/staging/*"); sig != syscall.SIGKILL && len(staged) > 0 || said.Len() > 0 {
					t.Errorf("staged layers %q are left, podman said %q", staged, said.String())
				}
				s.right(t, img)
				if log := logs(t, p, "pull", "-q", s.ref); !strings.Contains(log, partly) {
					t.Error("the layer was not downloaded partly")
				}
				same(t, "wanted and pulled", want, seen(t, p, s.ref), "/")
				same(t, "wanted and there", wantThere, seen(t, p, had.ref), "/")
				checkPool(t, p)
				p.Store.Clean(t)
				p.Run("rmi", "-a")
				checkEmpty(t, p)
			})
		}
	}
}
