//go:build linux

package cluster

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// Registry serves images, and counts the bytes that each client gets.
type Registry struct {
	dir    string
	server *http.Server

	mu     sync.Mutex
	images map[string]string // directories of OCI layouts, by name and tag
	sent   map[string]int64  // by address
}

func newRegistry(dir string) *Registry {
	return &Registry{dir: dir, images: map[string]string{}, sent: map[string]int64{}}
}

// Push puts an image into the registry. Its name ends with ":" and a tag.
func (r *Registry) Push(name string, img podman.Image) error {
	dir := filepath.Join(r.dir, strings.NewReplacer("/", "_", ":", "_").Replace(name))
	if err := img.WriteLayout(dir); err != nil {
		return err
	}
	r.add(name, dir)
	return nil
}

// PushLayout does the same with an OCI layout, and reports whether dir has one.
func (r *Registry) PushLayout(name, dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "oci-layout")) // is written last
	if err == nil {
		r.add(name, dir)
	}
	return err == nil
}

func (r *Registry) add(name, dir string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.images[name] = dir
}

// Sent returns the bytes that a client has got.
func (r *Registry) Sent(address string) int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.sent[address]
}

// ServeHTTP serves manifests by tag and digest, and blobs: /v2/NAME/manifests/REFERENCE, /v2/NAME/blobs/DIGEST.
func (r *Registry) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	path := strings.TrimPrefix(q.URL.Path, "/v2/")
	if path == "" {
		return
	}
	parts := strings.Split(path, "/")
	if len(parts) < 3 {
		http.NotFound(w, q)
		return
	}
	name, kind, reference := strings.Join(parts[:len(parts)-2], "/"), parts[len(parts)-2], parts[len(parts)-1]
	file, err := r.find(name, reference)
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	f, err := os.Open(file)
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	defer f.Close() //nolint:errcheck // only read
	info, err := f.Stat()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if kind == "manifests" {
		w.Header().Set("Content-Type", "application/vnd.oci.image.manifest.v1+json")
		w.Header().Set("Docker-Content-Digest", "sha256:"+filepath.Base(file))
	} else {
		w.Header().Set("Content-Type", "application/octet-stream")
	}
	client, _, _ := net.SplitHostPort(q.RemoteAddr)
	http.ServeContent(&counter{w, r, client}, q, "", info.ModTime(), f)
}

// find returns the file of a blob of an image of that name, or of the manifest of a tag.
func (r *Registry) find(name, reference string) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if hex, ok := strings.CutPrefix(reference, "sha256:"); ok {
		for image, dir := range r.images {
			file := filepath.Join(dir, "blobs/sha256", filepath.Base(hex))
			if _, err := os.Stat(file); err == nil && strings.HasPrefix(image, name+":") {
				return file, nil
			}
		}
		return "", os.ErrNotExist
	}
	dir, ok := r.images[name+":"+reference]
	if !ok {
		return "", os.ErrNotExist
	}
	text, err := os.ReadFile(filepath.Join(dir, "index.json"))
	if err != nil {
		return "", err
	}
	var index struct{ Manifests []struct{ Digest string } }
	if err := json.Unmarshal(text, &index); err != nil {
		return "", err
	}
	return filepath.Join(dir, "blobs/sha256", strings.TrimPrefix(index.Manifests[0].Digest, "sha256:")), nil
}

// counter counts the bytes of an answer.
type counter struct {
	http.ResponseWriter
	registry *Registry
	client   string
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.ResponseWriter.Write(b)
	c.registry.mu.Lock()
	defer c.registry.mu.Unlock()
	c.registry.sent[c.client] += int64(n)
	return n, err
}

// serve serves until close.
func (r *Registry) serve(l net.Listener) {
	r.server = &http.Server{Handler: r}
	go r.server.Serve(l) //nolint:errcheck // always an error, when it is closed
}

func (r *Registry) close() error {
	if r.server == nil {
		return nil
	}
	return r.server.Close()
}

// Warm reads the blobs of an image, so that the registry has them in memory.
func (r *Registry) Warm(name string) error {
	r.mu.Lock()
	dir := r.images[name]
	r.mu.Unlock()
	files, err := filepath.Glob(filepath.Join(dir, "blobs/sha256/*"))
	for _, file := range files {
		f, fails := os.Open(file)
		if fails == nil {
			_, fails = io.Copy(io.Discard, f)
			fails = errors.Join(fails, f.Close())
		}
		err = errors.Join(err, fails)
	}
	return err
}
