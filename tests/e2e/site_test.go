//go:build linux

package e2e_test

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// site is a registry of one image, which may be wrong and may misbehave.
type site struct {
	podman.Packed
	ref string

	mu    sync.Mutex
	asked map[string][]string // the ranges that were requested, by blob

	// answer answers a request for a blob, the n-th from 1 on, if it returns true.
	answer func(w http.ResponseWriter, r *http.Request, digest string, n int) bool
}

// newSite serves an image for the duration of the test.
func newSite(t *testing.T, img podman.Image) *site {
	t.Helper()
	s := &site{Packed: img.Pack(t), asked: map[string][]string{}}
	s.ref = serve(t, &http.Server{Handler: s}) + "/" + imageName(t)
	return s
}

// replace puts another blob in the place of one, as the maker of the image would have.
func (s *site) replace(old string, blob []byte) (digest string) {
	digest = podman.Digest(blob)
	delete(s.Blobs, old)
	s.Blobs[digest] = blob
	s.Manifest = bytes.ReplaceAll(s.Manifest, []byte(old), []byte(digest))
	s.resize(digest, len(blob))
	for i, l := range s.Layers {
		if l == old {
			s.Layers[i] = digest
		}
	}
	return digest
}

// resize puts another size of a blob into the manifest.
func (s *site) resize(digest string, size int) {
	s.Manifest = changeSize(s.Manifest, digest, size)
}

// changeSize puts another size of a blob into a manifest.
func changeSize(manifest []byte, digest string, size int) []byte {
	at := bytes.Index(manifest, []byte(digest))
	at += bytes.Index(manifest[at:], []byte(`"size":`)) + len(`"size":`)
	end := at + bytes.IndexAny(manifest[at:], ",}")
	return fmt.Appendf(bytes.Clone(manifest[:at]), "%d%s", size, manifest[end:])
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	kind, name := "", ""
	if parts := strings.Split(r.URL.Path, "/"); len(parts) > 3 {
		kind, name = parts[len(parts)-2], parts[len(parts)-1]
	}
	switch blob, ok := s.Blobs[name]; {
	case kind == "manifests":
		w.Header().Set("Content-Type", "application/vnd.oci.image.manifest.v1+json")
		serveBytes(w, r, s.Manifest)
	case kind == "blobs" && ok:
		if n := s.note(name, r.Header.Get("Range")); s.answer == nil || !s.answer(w, r, name, n) {
			serveBytes(w, r, blob)
		}
	case r.URL.Path != "/v2/":
		http.NotFound(w, r)
	}
}

// serveBytes serves a file, or a range of it.
func serveBytes(w http.ResponseWriter, r *http.Request, b []byte) {
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b))
}

// note counts a request for a blob.
func (s *site) note(digest, byteRange string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked[digest] = append(s.asked[digest], strings.TrimPrefix(byteRange, "bytes="))
	return len(s.asked[digest])
}

// requests returns the ranges that were requested since it was called last, "" for all
// of a blob.
func (s *site) requests(digest string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := slices.Clone(s.asked[digest])
	delete(s.asked, digest)
	return all
}

// right returns a site of the same name that serves the image as it should be.
func (s *site) right(t *testing.T, img podman.Image) {
	t.Helper()
	s.Packed, s.answer = img.Pack(t), nil
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.asked, func(string, []string) bool { return true })
}

// cut serves the requested range of a blob, and closes the connection after so
// many bytes.
func cut(w http.ResponseWriter, r *http.Request, blob []byte, after int) {
	serveBytes(&cutting{w, after}, r, blob)
}

// cutting is a response that ends with a closed connection.
type cutting struct {
	http.ResponseWriter
	left int
}

func (c *cutting) Write(p []byte) (int, error) {
	if len(p) <= c.left {
		c.left -= len(p)
		return c.ResponseWriter.Write(p)
	}
	_, _ = c.ResponseWriter.Write(p[:c.left]) // the client may be gone
	c.ResponseWriter.(http.Flusher).Flush()
	panic(http.ErrAbortHandler)
}
