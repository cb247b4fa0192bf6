//go:build linux

package e2e_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestPullEventsTroubled pulls from servers that send parts of a layer twice, or of which a
// layer has to be downloaded the ordinary way after all, once its first bytes or all of it have been
// read. Each layer starts once and ends once, and each byte counts once.
func TestPullEventsTroubled(t *testing.T) {
	t.Parallel()
	cutTwice := func(w http.ResponseWriter, r *http.Request, blob []byte, n int) bool {
		if n <= 2 {
			cut(w, r, blob, 1000*n)
		}
		return false
	}
	refuse := func(w http.ResponseWriter, r *http.Request, _ []byte, _ int) bool {
		if r.Header.Get("Range") == "" {
			return false
		}
		http.Error(w, "no ranges", http.StatusBadRequest)
		return true
	}
	l, other := podman.Layer(layertest.File("f", strings.Repeat("good", 50_000))), podman.Layer(layertest.File("f", strings.Repeat("evil", 50_000)))
	forged := podman.Image{Layers: [][]byte{noise(50, 10), l}, Compression: podman.Chunked, Forge: func(i int, data []byte, annotations map[string]string) []byte {
		if i == 0 {
			return data
		}
		return withTableOf(t, other)(i, data, annotations)
	}}
	store := podman.NewStore(t)
	for _, c := range []struct {
		name   string
		img    podman.Image
		answer answerer
	}{
		{"cut twice", victim(podman.Gzip), cutTwice},
		{"no ranges", victim(podman.Gzip), noRanges},
		{"no ranges, cut twice", victim(podman.Gzip), func(w http.ResponseWriter, r *http.Request, blob []byte, n int) bool {
			r.Header.Del("Range")
			return cutTwice(w, r, blob, n)
		}},
		{"no ranges, table of contents", victim(podman.Chunked), noRanges},
		{"400 to ranges", victim(podman.Gzip), refuse},
		{"400 to ranges, table of contents", victim(podman.Chunked), refuse},
		{"unknown compression", victim(podman.Xz), nil},
		{"table of contents of another layer", forged, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := store.Podman(t, podman.Ours, podman.Options{})
			s := newSite(t, c.img)
			layer := s.Layers[1]
			s.answer = func(w http.ResponseWriter, r *http.Request, digest string, n int) bool {
				return digest == layer && c.answer != nil && c.answer(w, r, s.Blobs[layer], n)
			}
			events, err := pullEvents(t, p, nil, s.ref)
			if err != nil {
				t.Fatal(err)
			}
			checkTransfer(t, s, layer, events)
			p.Run("rmi", s.ref)
		})
	}
}

// TestPullEventsDripping pulls from a server that goes on only when the bytes it has sent
// are reported, and no others. So pulls are not taken for stalled ones, however slow the server.
func TestPullEventsDripping(t *testing.T) {
	for _, c := range []struct {
		name        string
		compression podman.Compression
		refuse      bool // ranges from the start: after the table of contents, the layer comes the ordinary way
	}{
		{"gzip", podman.Gzip, false}, {"zstd:chunked", podman.Chunked, false}, {"zstd:chunked, no other ranges", podman.Chunked, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			both(t, func(t *testing.T, p *podman.Podman) {
				s := newSite(t, victim(c.compression))
				layer := s.Layers[1]
				var before, reported atomic.Int64
				s.answer = func(w http.ResponseWriter, r *http.Request, digest string, _ int) bool {
					ranges := r.Header.Get("Range")
					start := ranges == "" || strings.HasPrefix(ranges, "bytes=0-")
					switch {
					case digest != layer:
						return false
					case start && ranges != "" && c.refuse:
						before.Store(0)
						http.Error(w, "not this range", http.StatusBadRequest)
					case start:
						serveBytes(&dripping{w, before.Load(), &reported, int64(len(s.Blobs[layer])), t}, r, s.Blobs[layer])
					default: // the table of contents
						before.Add(rangesBytes(t, ranges))
						return false
					}
					return true
				}
				events, err := pullEvents(t, p, func(_ *puller, e pullEvent) {
					if e.Digest == layer {
						reported.Store(int64(e.Offset))
					}
				}, s.ref)
				if err != nil {
					t.Fatal(err)
				}
				checkTransfer(t, s, layer, events)
			})
		})
	}
}

// rangesBytes returns how many bytes a header asks for.
func rangesBytes(t *testing.T, header string) (sum int64) {
	t.Helper()
	for r := range strings.SplitSeq(strings.TrimPrefix(header, "bytes="), ",") {
		var first, last int64
		if _, err := fmt.Sscanf(r, "%d-%d", &first, &last); err != nil {
			t.Errorf("range %q: %v", r, err)
		}
		sum += last - first + 1
	}
	return sum
}

// dripping is a response that sends some bytes, and more when these are reported.
type dripping struct {
	http.ResponseWriter
	sent     int64 // of the blob, with all responses
	reported *atomic.Int64
	size     int64 // of the blob
	t        *testing.T
}

func (d *dripping) Write(p []byte) (n int, err error) {
	for len(p) > 0 && err == nil {
		m := 0
		m, err = d.ResponseWriter.Write(p[:min(len(p), 30_000)])
		p, n = p[m:], n+m
		d.sent += int64(m)
		d.ResponseWriter.(http.Flusher).Flush()
		if d.t.Failed() || !d.await(min(d.sent, d.size)) {
			panic(http.ErrAbortHandler)
		}
	}
	return n, err
}

// await waits until so many bytes are reported.
func (d *dripping) await(bytes int64) bool {
	for end := time.Now().Add(10 * time.Second); d.reported.Load() != bytes; time.Sleep(time.Millisecond) {
		if got := d.reported.Load(); got > bytes || time.Now().After(end) {
			d.t.Errorf("%d bytes are reported, %d were sent", got, bytes)
			return false
		}
	}
	return true
}
