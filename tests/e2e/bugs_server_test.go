//go:build linux

package e2e_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestP5RefusedRanges pulls from a server that refuses requests for ranges: stock composefs does not
// fall back to the ordinary way.
func TestP5RefusedRanges(t *testing.T) {
	for _, code := range []int{http.StatusBadRequest, http.StatusRequestedRangeNotSatisfiable} {
		t.Run(http.StatusText(code), func(t *testing.T) {
			guardsServer(t, wrong, func(w http.ResponseWriter, r *http.Request, _ []byte, _ int) bool {
				if r.Header.Get("Range") == "" {
					return false
				}
				http.Error(w, "no", code)
				return true
			})
		})
	}
}

// TestP14ConnectionCut pulls from a server that closes a connection early: stock composefs does not
// continue, as ordinary pulls do.
func TestP14ConnectionCut(t *testing.T) {
	guardsServer(t, wrong, func(w http.ResponseWriter, r *http.Request, blob []byte, n int) bool {
		if n == 1 {
			cut(w, r, blob, 100_000)
		}
		return false
	})
}

// TestP15NoPanic pulls from a server that sends the whole blob for a range and closes the connection
// early: stock composefs ends with a panic.
func TestP15NoPanic(t *testing.T) {
	guards(t, right, wrong, func(t *testing.T, p *podman.Podman) error {
		_, err := pullFrom(t, p, func(w http.ResponseWriter, r *http.Request, blob []byte, n int) bool {
			r.Header.Del("Range")
			if n == 1 {
				cut(w, r, blob, 100_000)
			}
			return false
		})
		if err != nil && strings.Contains(err.Error(), "panic: ") {
			return errors.New("podman panics")
		}
		return nil // it may fail
	})
}

// guardsServer pulls with each podman from a server that answers so. Plain podman succeeds.
func guardsServer(t *testing.T, stock verdict, answer answerer) {
	guards(t, right, stock, func(t *testing.T, p *podman.Podman) error {
		_, err := pullFrom(t, p, answer)
		return err
	})
}

// pullFrom pulls victim from a server that answers so when its second layer is requested.
func pullFrom(t *testing.T, p *podman.Podman, answer answerer) (string, error) {
	t.Helper()
	s := newSite(t, victim(podman.Gzip))
	s.answer = func(w http.ResponseWriter, r *http.Request, digest string, n int) bool {
		return digest == s.Layers[1] && answer(w, r, s.Blobs[digest], n)
	}
	return p.Try("pull", "-q", "--retry=0", s.ref)
}
