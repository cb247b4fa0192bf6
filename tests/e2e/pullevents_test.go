//go:build linux

package e2e_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// pullEvent is a line that tests/pullevents prints.
type pullEvent struct {
	Event, Digest, MediaType string
	Size                     int64
	Offset, OffsetUpdate     uint64
}

// puller is a pull whose events are read.
type puller struct {
	cmd    *exec.Cmd
	stdin  io.Writer
	events []pullEvent
}

// pullEvents pulls an image. It passes each event to hear, unless that is nil, before it reads
// the next one.
func pullEvents(t *testing.T, p *podman.Podman, hear func(*puller, pullEvent), args ...string) ([]pullEvent, error) {
	t.Helper()
	q := &puller{cmd: p.Tool("pullevents").Command(t.Context(), args...)}
	var said strings.Builder
	q.cmd.Stderr = &said
	stdin, err := q.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	q.stdin = stdin
	stdout, err := q.cmd.StdoutPipe()
	if err == nil {
		err = q.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := json.NewDecoder(bufio.NewReader(stdout))
	for {
		var e pullEvent
		if err = lines.Decode(&e); err != nil {
			break
		}
		q.events = append(q.events, e)
		if hear != nil {
			hear(q, e)
		}
	}
	if err == io.EOF { //nolint:errorlint // an error that wraps it is no end
		err = nil
	}
	if err = errors.Join(err, q.cmd.Wait()); err != nil {
		err = fmt.Errorf("%w: %s", err, said.String())
	}
	return q.events, err
}

// transfers returns what events report of each artifact, by digest: skipped, or the size and the
// bytes that arrived. Each artifact must have one start and one end, and the updates must
// add up to the offset.
func transfers(t *testing.T, events []pullEvent) map[string]string {
	t.Helper()
	offsets, ended := map[string]uint64{}, map[string]string{}
	for _, e := range events {
		offset, started := offsets[e.Digest]
		if ended[e.Digest] != "" {
			t.Errorf("after the end: %+v", e)
		}
		if e.Offset != offset+e.OffsetUpdate || e.Offset > uint64(e.Size) {
			t.Errorf("after offset %d: %+v", offset, e)
		}
		if started != (e.Event == "read" || e.Event == "done") {
			t.Errorf("not in order: %+v", e)
		}
		offsets[e.Digest] = e.Offset
		switch e.Event {
		case "done":
			ended[e.Digest] = fmt.Sprintf("%s of %d bytes: %d", e.MediaType, e.Size, e.Offset)
		case "skipped":
			ended[e.Digest] = fmt.Sprintf("%s of %d bytes: skipped", e.MediaType, e.Size)
		}
	}
	if len(offsets) != len(ended) {
		t.Errorf("%d artifacts were started, %d ended", len(offsets), len(ended))
	}
	return ended
}

// checkTransfer checks that all of a blob was reported.
func checkTransfer(t *testing.T, s *site, digest string, events []pullEvent) {
	t.Helper()
	all := transfers(t, events)
	if got, size := all[digest], len(s.Blobs[digest]); !strings.HasSuffix(got, fmt.Sprintf("%d bytes: %d", size, size)) {
		t.Errorf("%s is reported as %q", digest, got)
	}
	if len(all) != len(s.Layers)+1 {
		t.Errorf("%d artifacts were reported, want %d layers and a configuration", len(all), len(s.Layers))
	}
}

// TestPullEvents pulls images whose layers are new, or known in part. The channel of
// containers/image reports the same artifacts and bytes as with plain overlay.
func TestPullEvents(t *testing.T) {
	t.Parallel()
	for _, c := range []podman.Compression{podman.None, podman.Gzip, podman.Zstd, podman.Chunked} {
		t.Run(string(c), func(t *testing.T) {
			likePlain(t, func(t *testing.T, p *podman.Podman) string {
				said := ""
				for _, layers := range [][][]byte{{noise(0, 10), noise(20, 10), noise(40, 10)}, {noise(0, 10), noise(60, 10)}} {
					img := image(t, layers...)
					img.Compression = c
					s := newSite(t, img)
					events, err := pullEvents(t, p, nil, s.ref)
					if err != nil {
						t.Fatal(err)
					}
					all := transfers(t, events)
					for _, digest := range slices.Sorted(maps.Keys(all)) {
						read := slices.ContainsFunc(events, func(e pullEvent) bool { return e.Digest == digest && e.Event == "read" })
						said += fmt.Sprintln(digest, all[digest], read)
					}
				}
				return said
			})
		})
	}
}

// TestPullEventsPartly pulls a zstd:chunked layer of which the store has most. The bytes that
// arrive are reported, and no others. Stock podman reports nothing.
func TestPullEventsPartly(t *testing.T) {
	t.Parallel()
	there, img := image(t, noise(0, 30)), image(t, noise(10, 30))
	there.Compression, img.Compression = podman.Chunked, podman.Chunked
	for _, kind := range []podman.Kind{podman.Ours, podman.StockComposefs} {
		t.Run(kind.String(), func(t *testing.T) {
			p := podman.New(t, kind)
			p.Run("pull", "-q", newSite(t, there).ref)
			s := newSite(t, img)
			layer := s.Layers[1]
			var sent atomic.Int64
			s.answer = func(w http.ResponseWriter, r *http.Request, digest string, _ int) bool {
				if digest == layer {
					serveBytes(&counting{w, &sent}, r, s.Blobs[digest])
				}
				return digest == layer
			}
			events, err := pullEvents(t, p, nil, s.ref)
			if err != nil {
				t.Fatal(err)
			}
			all := transfers(t, events)
			got, reported := all[layer]
			if kind == podman.StockComposefs {
				if reported {
					t.Errorf("stock containers/image reports %q: the graft may not be needed any more", got)
				}
				return
			}
			size := len(s.Blobs[layer])
			var arrived int64
			_, _ = fmt.Sscanf(got[strings.LastIndex(got, ":")+1:], "%d", &arrived)
			if needed := int64(10 * 20_000); arrived < needed || arrived > sent.Load() || arrived > int64(size)/2 {
				t.Errorf("%q, while %d bytes were sent", got, sent.Load())
			}
		})
	}
}

// TestPullEventsSlowly has a consumer that takes an event only when the one before is
// printed. None is lost.
func TestPullEventsSlowly(t *testing.T) {
	t.Parallel()
	s, p := newSite(t, victim(podman.Gzip)), podman.New(t, podman.Ours)
	next := func(q *puller, _ pullEvent) {
		if _, err := io.WriteString(q.stdin, "\n"); err != nil {
			t.Error(err)
		}
	}
	events, err := pullEvents(t, p, next, "-step", s.ref)
	if err != nil {
		t.Fatal(err)
	}
	checkTransfer(t, s, s.Layers[1], events)
}

// TestPullEventsCancelled cancels a pull in the middle of a layer. As with plain overlay, the end
// of the layer is reported and nothing after it, and no goroutine is left.
func TestPullEventsCancelled(t *testing.T) {
	likePlain(t, func(t *testing.T, p *podman.Podman) string {
		s := newSite(t, victim(podman.Gzip))
		layer := s.Layers[1]
		s.answer = func(w http.ResponseWriter, r *http.Request, digest string, _ int) bool {
			if digest == layer {
				serveBytes(&stalling{w, 300_000, func() {
					select {
					case <-r.Context().Done():
					case <-time.After(20 * time.Second):
						t.Error("the pull is not cancelled")
						panic(http.ErrAbortHandler)
					}
				}}, r, s.Blobs[layer])
			}
			return digest == layer
		}
		events, err := pullEvents(t, p, func(q *puller, e pullEvent) {
			if e.Digest == layer && e.Offset == 300_000 && e.Event == "read" {
				_ = q.cmd.Process.Signal(syscall.SIGINT)
			}
		}, s.ref)
		if err == nil || strings.Contains(err.Error(), "goroutine") { // left, or in a panic
			t.Errorf("the pull ended with %v", err)
		}
		if p.Kind == podman.Ours {
			checkPool(t, p)
		}
		return transfers(t, events)[layer]
	})
}
