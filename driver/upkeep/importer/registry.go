//go:build linux

package importer

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/repository"
)

// Media types of the OCI image specification.
const (
	manifestType = "application/vnd.oci.image.manifest.v1+json"
	configType   = "application/vnd.oci.image.config.v1+json"
	layerType    = "application/vnd.oci.image.layer.v1.tar"
)

// descriptor is one of the OCI image specification.
type descriptor struct {
	MediaType string `json:"mediaType"`
	Digest    string `json:"digest"`
	Size      int64  `json:"size"`
}

// Manifest returns a manifest of the image whose layers are tars, since a repository does not keep their
// compressed forms. Annotations stay.
func Manifest(image *repository.Image) ([]byte, error) {
	var old struct {
		Annotations map[string]string `json:"annotations"`
	}
	if err := json.Unmarshal(image.Manifest, &old); err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	layers := []descriptor{}
	for _, l := range image.Layers {
		layers = append(layers, descriptor{layerType, l.DiffID, int64(l.Tar.Size)})
	}
	return json.Marshal(map[string]any{
		"schemaVersion": 2, "mediaType": manifestType, "annotations": old.Annotations, "layers": layers,
		"config": descriptor{configType, image.ConfigDigest, int64(len(image.Config))},
	})
}

// registry answers requests of the OCI distribution specification about one image.
type registry struct {
	reader   *repository.Reader
	image    *repository.Image
	manifest []byte
}

// Handler returns a registry with the image, under each name and tag.
func Handler(r *repository.Reader, image *repository.Image) (http.Handler, error) {
	manifest, err := Manifest(image)
	return &registry{r, image, manifest}, err
}

// ServeHTTP implements http.Handler.
func (g *registry) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	parts := strings.Split(strings.Trim(q.URL.Path, "/"), "/")
	kind, name := "", parts[len(parts)-1]
	if len(parts) > 2 {
		kind = parts[len(parts)-2]
	}
	switch {
	case kind == "manifests":
		sum := sha256.Sum256(g.manifest)
		w.Header().Set("Docker-Content-Digest", "sha256:"+hex.EncodeToString(sum[:]))
		g.bytes(w, q, manifestType, g.manifest)
	case kind == "blobs" && name == g.image.ConfigDigest:
		g.bytes(w, q, "application/octet-stream", g.image.Config)
	case kind == "blobs":
		g.layer(w, q, name)
	case len(parts) == 1: // /v2/
		w.WriteHeader(http.StatusOK)
	default:
		http.NotFound(w, q)
	}
}

func (g *registry) bytes(w http.ResponseWriter, q *http.Request, kind string, b []byte) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	if q.Method != http.MethodHead {
		_, _ = w.Write(b) // podman reports a lost connection
	}
}

// layer sends the tar of a layer. An error ends the connection early, which podman reports.
func (g *registry) layer(w http.ResponseWriter, q *http.Request, diffID string) {
	for _, l := range g.image.Layers {
		if l.DiffID != diffID {
			continue
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Content-Length", strconv.FormatUint(l.Tar.Size, 10))
		if q.Method != http.MethodHead {
			if err := g.reader.Copy(l.Tar, w); err != nil {
				panic(http.ErrAbortHandler)
			}
		}
		return
	}
	http.NotFound(w, q)
}
