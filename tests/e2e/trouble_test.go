//go:build linux

package e2e_test

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// answerer answers the n-th request for a layer, if it returns true.
type answerer func(w http.ResponseWriter, r *http.Request, blob []byte, n int) bool

// TestTroubledServer pulls from servers that misbehave, yet send all
// that is needed in the end. asked are the requests for the second layer of victim, of size
// bytes: ranges, or "" for all of it, by the ordinary way.
func TestTroubledServer(t *testing.T) {
	t.Parallel()
	const first, rest, all = "0-415968", "1000-415968", ""
	status := func(code, requests int) answerer {
		return func(w http.ResponseWriter, _ *http.Request, _ []byte, n int) bool {
			w.Header().Set("Retry-After", "0")
			if n <= requests {
				http.Error(w, "no", code)
			}
			return n <= requests
		}
	}
	cutOnce := func(w http.ResponseWriter, r *http.Request, blob []byte, n int) bool {
		if n == 1 {
			cut(w, r, blob, 1000)
		}
		return false
	}
	store := podman.NewStore(t)
	img := victim(podman.Gzip)
	want := seenPlain(t, img)
	for _, c := range []struct {
		name   string
		answer answerer
		asked  []string
	}{
		{"cut once", cutOnce, []string{first, rest}},
		{"cut four times", func(w http.ResponseWriter, r *http.Request, blob []byte, n int) bool {
			if n <= 4 {
				cut(w, r, blob, 1000*n)
			}
			return false
		}, []string{first, rest, "3000-415968", "6000-415968", "10000-415968"}},
		{"reset", func(w http.ResponseWriter, r *http.Request, blob []byte, n int) bool {
			if n == 1 {
				reset(t, w)
			}
			return n == 1
		}, nil}, // which of our and other layers tries it again is open
		{"429 twice", status(http.StatusTooManyRequests, 2), []string{first, first, first}},
		{"400 to ranges", status(http.StatusBadRequest, 1), []string{first, all}},
		{"416 once", status(http.StatusRequestedRangeNotSatisfiable, 1), []string{first, all}},
		{"500 once", status(http.StatusInternalServerError, 1), []string{first, all}},
		{"500 after a cut", func(w http.ResponseWriter, r *http.Request, blob []byte, n int) bool {
			cutOnce(w, r, blob, n)
			return n == 2 && status(http.StatusInternalServerError, n)(w, r, blob, n)
		}, []string{first, rest, rest}},
		{"no ranges", noRanges, []string{first}},
		{"no ranges, cut once", func(w http.ResponseWriter, r *http.Request, blob []byte, n int) bool {
			r.Header.Del("Range")
			return cutOnce(w, r, blob, n)
		}, []string{first, rest}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := store.Podman(t, podman.Ours, podman.Options{})
			s := newSite(t, img)
			layer := s.Layers[1]
			s.answer = func(w http.ResponseWriter, r *http.Request, digest string, n int) bool {
				return digest == layer && c.answer(w, r, s.Blobs[layer], n)
			}
			p.Run("pull", "-q", "--retry=0", s.ref)
			if got := s.requests(layer); c.asked != nil && !slices.Equal(got, c.asked) {
				t.Errorf("requests %q, want %q", got, c.asked)
			}
			same(t, "wanted and pulled", want, seen(t, p, s.ref))
			checkLayers(t, p)
			p.Run("rmi", s.ref)
			checkEmpty(t, p)
		})
	}
}

// noRanges has the whole blob sent.
func noRanges(_ http.ResponseWriter, r *http.Request, _ []byte, _ int) bool {
	r.Header.Del("Range")
	return false
}

// reset ends a connection as a machine does that has crashed.
func reset(t *testing.T, w http.ResponseWriter) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		err = conn.(*net.TCPConn).SetLinger(0)
	}
	if err == nil {
		err = conn.Close()
	}
	if err != nil {
		t.Error(err)
	}
}

// TestAnotherTry checks that podman tries again when a server is out of service, as it
// does without composefs; there, only at the start.
func TestAnotherTry(t *testing.T) {
	both(t, func(t *testing.T, p *podman.Podman) {
		for _, when := range []string{"at the start", "later"}[:1+int(p.Kind)/int(podman.Ours)] {
			s := newSite(t, victim(podman.Gzip))
			down := atomic.Bool{}
			down.Store(true)
			s.answer = func(w http.ResponseWriter, r *http.Request, digest string, n int) bool {
				if digest != s.Layers[1] || !down.Load() {
					return false
				}
				if when == "later" && n == 1 {
					cut(w, r, s.Blobs[digest], 1000)
				}
				http.Error(w, "later", http.StatusServiceUnavailable)
				if n == 5 {
					down.Store(false)
				}
				return true
			}
			if _, err := p.Try("pull", "-q", "--retry=9", "--retry-delay=20ms", s.ref); err != nil { // it warns
				t.Errorf("down %s: %v", when, err)
			}
			p.Run("rmi", "-a")
		}
	})
}

// TestOrdinaryWay pulls layers that only others can decompress: they are asked for once
// more, as a whole.
func TestOrdinaryWay(t *testing.T) {
	t.Parallel()
	for _, c := range []podman.Compression{podman.Bzip2, podman.Xz} {
		t.Run(string(c), func(t *testing.T) {
			needs.Program(t, string(c), map[podman.Compression]string{podman.Bzip2: "bzip2", podman.Xz: "xz-utils"}[c])
			p, img := podman.New(t, podman.Ours), victim(c)
			want := seenPlain(t, img)
			s := newSite(t, img)
			p.Run("pull", "-q", s.ref)
			for _, layer := range s.Layers {
				ranges := fmt.Sprintf("0-%d", len(s.Blobs[layer])-1)
				if got := s.requests(layer); !slices.Equal(got, []string{ranges, ""}) {
					t.Errorf("requests %q", got)
				}
			}
			same(t, "wanted and pulled", want, seen(t, p, s.ref))
			p.Run("system", "check")
			checkLayers(t, p)
		})
	}
}
