//go:build crio

package crio_test

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// limit is a line of crio.conf: pulls that make no progress for so long are canceled.
const limit = `pull_progress_timeout = "2s"`

// slowly is a registry of one image that sends 320 kB a second, and stops after so many bytes of a blob.
type slowly struct {
	podman.Packed
	most int
	half chan struct{} // closed when half a megabyte of a blob is sent
	once *sync.Once
}

func (s slowly) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(r.URL.Path, "/")
	name := parts[len(parts)-1]
	switch blob, ok := s.Blobs[name]; {
	case strings.Contains(r.URL.Path, "/manifests/"):
		w.Header().Set("Content-Type", "application/vnd.oci.image.manifest.v1+json")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(s.Manifest))
	case ok:
		http.ServeContent(w, r, "", time.Time{}, &slowReader{bytes.NewReader(blob), r.Context(), s, 0})
	case r.URL.Path != "/v2/":
		http.NotFound(w, r)
	}
}

// slowReader reads slowly, and blocks after most bytes until the client is gone.
type slowReader struct {
	*bytes.Reader
	ctx  context.Context
	from slowly
	sent int
}

func (r *slowReader) Read(b []byte) (int, error) {
	if r.sent >= r.from.most {
		<-r.ctx.Done()
		return 0, io.ErrUnexpectedEOF
	}
	time.Sleep(50 * time.Millisecond)
	n, err := r.Reader.Read(b[:min(len(b), 16<<10)])
	if r.sent += n; r.sent >= 512<<10 {
		r.from.once.Do(func() { close(r.from.half) })
	}
	return n, err
}

// serve serves an image for the duration of the test, and returns its name.
func serve(t *testing.T, img podman.Image, most int) (ref string, half <-chan struct{}) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	handler := slowly{img.Pack(t), most, make(chan struct{}), &sync.Once{}}
	server := &http.Server{Handler: handler}
	ended := make(chan error)
	go func() { ended <- server.Serve(l) }()
	t.Cleanup(func() {
		must(t, server.Close())
		<-ended // always an error
	})
	return l.Addr().String() + "/slow", handler.half
}

// TestPullKilled kills CRI-O in a pull: the next pull works, and nothing of the first is left after all.
func TestPullKilled(t *testing.T) {
	both(t, func(t *testing.T, k kind) {
		n := newNode(t, k, options{})
		ref, half := serve(t, random(t), 1<<30)
		ended := make(chan error)
		go func() {
			_, err := n.try("pull", ref)
			ended <- err
		}()
		<-half
		n.stop("KILL")
		if err := <-ended; err == nil {
			t.Error("the pull ends before CRI-O is killed")
		}
		n.start()
		n.crictl("pull", ref)
		if k == ours {
			n.sound()
		}
		n.clear()
	})
}

// random returns an image with a layer of 2 MB that cannot be compressed: it takes six seconds.
func random(t *testing.T) podman.Image {
	t.Helper()
	data := make([]byte, 2<<20)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(data)
	return podman.Image{Layers: [][]byte{podman.Layer(layertest.File("random", string(data)))}, Compression: podman.Gzip, Cmd: []string{"sh"}}
}

// TestPullProgress pulls for longer than pull_progress_timeout from a registry that goes on sending. CRI-O
// then counts the bytes of the pull. Its clock starts with a layer that the store has.
func TestPullProgress(t *testing.T) {
	both(t, func(t *testing.T, k kind) {
		n := newNode(t, k, options{image: limit})
		n.crictl("pull", push(t, "base"))
		img := random(t)
		img.Layers = append([][]byte{podman.Busybox(t)}, img.Layers...)
		ref, _ := serve(t, img, 1<<30)
		n.crictl("pull", ref)
		if bytes := n.pulled(); bytes < 2<<20 {
			t.Errorf("%s is %v", metric, bytes)
		}
		n.clear()
	})
}

// metric is the name of the bytes that CRI-O has pulled. It counts them only with pull_progress_timeout.
const metric = "crio_image_pulls_bytes_total"

// pulled returns the value of the metric.
func (n *node) pulled() (bytes float64) {
	n.t.Helper()
	resp, err := http.Get(n.metrics)
	must(n.t, err)
	defer resp.Body.Close() //nolint:errcheck // read to its end
	text, err := io.ReadAll(resp.Body)
	must(n.t, err)
	for line := range strings.Lines(string(text)) {
		if strings.Contains(line, metric+"{") {
			words := strings.Fields(line)
			value, err := strconv.ParseFloat(words[len(words)-1], 64)
			must(n.t, err)
			bytes += value
		}
	}
	return bytes
}

// TestPullStalls pulls from a registry that stops sending: CRI-O cancels the pull, and nothing of it is left.
func TestPullStalls(t *testing.T) {
	both(t, func(t *testing.T, k kind) {
		n := newNode(t, k, options{image: limit})
		ref, _ := serve(t, random(t), 1<<20)
		begin := time.Now()
		if out, err := n.try("pull", ref); err == nil || !strings.Contains(err.Error(), "cancel") {
			t.Errorf("it pulls %q, %v", out, err)
		}
		if took := time.Since(begin); took > 20*time.Second {
			t.Errorf("it takes %v", took)
		}
		for _, dir := range []string{"overlay/staging", "overlay-composefs/staging"} {
			if left, _ := os.ReadDir(filepath.Join(n.root, dir)); len(left) > 0 {
				t.Errorf("left behind in %s: %s", dir, left[0].Name())
			}
		}
		n.clear()
	})
}
