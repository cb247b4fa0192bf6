//go:build linux

package e2e_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestParts pulls a layer of several parts. From a server without ranges next to
// nothing comes twice.
func TestParts(t *testing.T) {
	t.Parallel()
	const part = 8 << 20
	content := make([]byte, 2*part+part/2)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(content)
	img := podman.Image{Layers: [][]byte{podman.Layer(layertest.File("large", string(content)))}, Compression: podman.None}
	size := len(img.Layers[0])
	store := podman.NewStore(t)
	for _, c := range []struct {
		name   string
		answer answerer
		most   int64
		asked  []string
	}{
		{"ranges", nil, int64(size), []string{"0-8388607", "8388608-16777215", fmt.Sprintf("16777216-%d", size-1)}},
		{"no ranges", noRanges, int64(2 * size), []string{"0-8388607", fmt.Sprintf("8388608-%d", size-1)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := store.Podman(t, podman.Ours, podman.Options{})
			s := newSite(t, img)
			var sent atomic.Int64
			s.answer = func(w http.ResponseWriter, r *http.Request, digest string, n int) bool {
				if digest != s.Layers[0] {
					return false
				}
				if c.answer != nil {
					c.answer(w, r, nil, n)
				}
				serveBytes(&counting{w, &sent}, r, s.Blobs[digest])
				return true
			}
			p.Run("pull", "-q", s.ref)
			if got := s.requests(s.Layers[0]); !slices.Equal(got, c.asked) {
				t.Errorf("requests %q, want %q", got, c.asked)
			}
			if sent.Load() > c.most {
				t.Errorf("%d bytes were sent for a blob of %d", sent.Load(), size)
			}
			p.Run("system", "check")
			p.Run("rmi", s.ref)
		})
	}
}

// counting counts the bytes sent.
type counting struct {
	http.ResponseWriter
	sent *atomic.Int64
}

func (c *counting) Write(p []byte) (int, error) {
	n, err := c.ResponseWriter.Write(p)
	c.sent.Add(int64(n))
	return n, err
}
