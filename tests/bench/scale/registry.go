package main

import (
	"bytes"
	"net"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

// registry serves generated images on loopback. It keeps their blobs in memory.
type registry struct {
	addr string

	mu     sync.Mutex
	blobs  map[string][]byte     // by digest
	layers map[string]descriptor // by name
	ids    map[string]string     // diffIDs, by the digest of the blob
}

// serve starts a registry, which ends with the program.
func serve() (*registry, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &registry{addr: l.Addr().String(), blobs: map[string][]byte{}, layers: map[string]descriptor{}, ids: map[string]string{}}
	go func() { _ = (&http.Server{Handler: r, ReadHeaderTimeout: time.Minute}).Serve(l) }()
	return r, nil
}

// image returns the name of the image with a tag.
func (r *registry) image(tag string) string { return r.addr + "/image:" + tag }

// ServeHTTP answers requests for manifests and blobs.
func (r *registry) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	dir, name := path.Split(q.URL.Path)
	var body []byte
	var err error
	switch {
	case q.URL.Path == "/v2/":
	case strings.HasSuffix(dir, "/manifests/"):
		body, err = r.manifest(name)
		w.Header().Set("Content-Type", mediaType+"manifest.v1+json")
	default:
		body = r.blob(name)
	}
	switch {
	case err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	case body == nil && q.URL.Path != "/v2/":
		http.NotFound(w, q)
	default:
		http.ServeContent(w, q, "", time.Time{}, bytes.NewReader(body))
	}
}

func (r *registry) blob(digest string) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.blobs[digest]
}

// manifest returns a manifest by its tag or digest. It makes the layers of a new image.
func (r *registry) manifest(tag string) ([]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if known := r.blobs[tag]; known != nil {
		return known, nil
	}
	var list []descriptor
	var diffIDs []string
	for _, l := range layersOf(tag) {
		d, ok := r.layers[l.name]
		if !ok {
			blob, diffID, err := l.write()
			if err != nil {
				return nil, err
			}
			d = descriptor{mediaType + "layer.v1.tar+gzip", digestOf(blob), len(blob)}
			r.layers[l.name], r.blobs[d.Digest], r.ids[d.Digest] = d, blob, diffID
		}
		list, diffIDs = append(list, d), append(diffIDs, r.ids[d.Digest])
	}
	text, config, err := manifest(list, diffIDs)
	if err != nil {
		return nil, err
	}
	r.blobs[digestOf(config)], r.blobs[digestOf(text)] = config, text
	return text, nil
}
