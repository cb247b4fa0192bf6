package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// registry serves the OCI layouts in a directory, by their names, on port 5000.
func registry(args []string) error {
	return http.ListenAndServe("127.0.0.1:5000", layouts(args[0]))
}

type layouts string

func (dir layouts) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/v2/"), "/") // NAME/manifests/TAG, NAME/blobs/DIGEST
	if len(parts) != 3 {
		if r.URL.Path != "/v2/" {
			http.NotFound(w, r)
		}
		return
	}
	layout, digest := filepath.Join(string(dir), parts[0]), parts[2]
	if parts[1] == "manifests" {
		var index struct {
			Manifests []struct{ MediaType, Digest string }
		}
		text, err := os.ReadFile(filepath.Join(layout, "index.json"))
		if err != nil || json.Unmarshal(text, &index) != nil || len(index.Manifests) != 1 {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", index.Manifests[0].MediaType)
		digest = index.Manifests[0].Digest
	}
	http.ServeFile(w, r, filepath.Join(layout, "blobs", strings.Replace(digest, ":", "/", 1)))
}
