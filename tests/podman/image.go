package podman

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// Image is an OCI image for this machine.
type Image struct {
	Layers      [][]byte // tars, bottom first
	Compression Compression
	Cmd         []string
	User        string

	// Forge changes a packed layer and its annotations, if it is not nil. The manifest
	// then has the digest of its result.
	Forge func(layer int, data []byte, annotations map[string]string) []byte
}

// blob is a part of an image: the manifest, the configuration or a layer.
type blob struct {
	MediaType   string            `json:"mediaType"`
	Digest      string            `json:"digest"`
	Size        int               `json:"size"`
	Annotations map[string]string `json:"annotations,omitempty"`
	data        []byte
}

func newBlob(mediaType string, data []byte) blob {
	return blob{MediaType: mediaType, Digest: Digest(data), Size: len(data), data: data}
}

// Digest returns the sha256 of data as registries spell it.
func Digest(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// DiffIDs returns the digests of the layers.
func (img Image) DiffIDs() (ids []string) {
	for _, l := range img.Layers {
		ids = append(ids, Digest(l))
	}
	return ids
}

const mediaTypes = "application/vnd.oci.image."

// Packed is an image as a registry holds it.
type Packed struct {
	Manifest []byte
	Layers   []string          // digests of their blobs, bottom first
	Config   string            // digest of the configuration
	Blobs    map[string][]byte // the layers and the configuration, by digest
}

// Pack returns the image as a registry holds it, for tests that are the registry.
func (img Image) Pack(t testing.TB) Packed {
	t.Helper()
	manifest, others, err := img.pack()
	if err != nil {
		t.Fatal(err)
	}
	p := Packed{Manifest: manifest.data, Blobs: map[string][]byte{}}
	for _, b := range others {
		p.Layers, p.Config = append(p.Layers, b.Digest), b.Digest
		p.Blobs[b.Digest] = b.data
	}
	p.Layers = p.Layers[:len(img.Layers)]
	return p
}

// pack returns the manifest, and the blobs that it names: the layers, then the
// configuration.
func (img Image) pack() (manifest blob, others []blob, err error) {
	config := map[string]any{
		"architecture": runtime.GOARCH, "os": "linux", "created": "2020-01-01T00:00:00Z",
		"config":  img.config(),
		"rootfs":  map[string]any{"type": "layers", "diff_ids": img.DiffIDs()},
		"history": slices.Repeat([]map[string]string{{"created_by": "a test"}}, len(img.Layers)), // without it, builds have no cache
	}
	text, err := json.Marshal(config)
	if err != nil {
		return blob{}, nil, err
	}
	var layers []blob
	for i, l := range img.Layers {
		b, err := img.Compression.pack(l)
		if err != nil {
			return blob{}, nil, fmt.Errorf("layer %d: %w", i, err)
		}
		if img.Forge != nil {
			forged := newBlob(b.MediaType, img.Forge(i, b.data, b.Annotations))
			forged.Annotations = b.Annotations
			b = forged
		}
		layers = append(layers, b)
	}
	conf := newBlob(mediaTypes+"config.v1+json", text)
	text, err = json.Marshal(map[string]any{
		"schemaVersion": 2, "mediaType": mediaTypes + "manifest.v1+json", "config": conf, "layers": layers,
	})
	return newBlob(mediaTypes+"manifest.v1+json", text), append(layers, conf), err
}

// config returns what a container of the image runs.
func (img Image) config() map[string]any {
	config := map[string]any{"Cmd": img.Cmd, "Env": []string{"PATH=/bin"}}
	if img.User != "" {
		config["User"] = img.User
	}
	return config
}

// WriteLayout writes the image as an OCI layout into dir, which is then what podman
// pulls as "oci:" and dir.
func (img Image) WriteLayout(dir string) error {
	manifest, others, err := img.pack()
	if err != nil {
		return err
	}
	blobs := filepath.Join(dir, "blobs", "sha256")
	if err := os.MkdirAll(blobs, 0o755); err != nil {
		return err
	}
	for _, b := range append(others, manifest) {
		name := filepath.Join(blobs, strings.TrimPrefix(b.Digest, "sha256:"))
		if err := os.WriteFile(name, b.data, 0o644); err != nil {
			return err
		}
	}
	index, err := json.Marshal(map[string]any{"schemaVersion": 2, "manifests": []blob{manifest}})
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "index.json"), index, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "oci-layout"), []byte(`{"imageLayoutVersion":"1.0.0"}`), 0o644)
}
