package podman

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/containers/storage/pkg/archive"
	"github.com/containers/storage/pkg/chunked/compressor"
)

// Image is an OCI image for this machine.
type Image struct {
	Layers      [][]byte // tars, bottom first
	Compression Compression
	Cmd         []string
}

// Compression says how the layers of an image are packed.
type Compression string

// Chunked is zstd with a table of contents, from which podman can take single files.
const (
	Gzip    Compression = "gzip"
	Zstd    Compression = "zstd"
	Chunked Compression = "zstd:chunked"
)

// blob is what an image is made of: the manifest, the configuration and the layers.
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

// pack returns the manifest, and the blobs that it names.
func (img Image) pack() (manifest blob, others []blob, err error) {
	config := map[string]any{
		"architecture": runtime.GOARCH, "os": "linux", "created": "2020-01-01T00:00:00Z",
		"config":  map[string]any{"Cmd": img.Cmd, "Env": []string{"PATH=/bin"}},
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
		layers = append(layers, b)
	}
	conf := newBlob(mediaTypes+"config.v1+json", text)
	text, err = json.Marshal(map[string]any{
		"schemaVersion": 2, "mediaType": mediaTypes + "manifest.v1+json", "config": conf, "layers": layers,
	})
	return newBlob(mediaTypes+"manifest.v1+json", text), append(layers, conf), err
}

// pack compresses a layer.
func (c Compression) pack(layer []byte) (blob, error) {
	var b bytes.Buffer
	var w io.WriteCloser
	var err error
	annotations := map[string]string{}
	suffix := "zstd"
	switch c {
	case Gzip:
		suffix = "gzip"
		w, err = gzip.NewWriterLevel(&b, gzip.BestSpeed)
	case Zstd:
		w, err = archive.CompressStream(&b, archive.Zstd)
	case Chunked:
		w, err = compressor.ZstdCompressor(&b, annotations, nil)
	default:
		err = fmt.Errorf("no compression %q", c)
	}
	if err != nil {
		return blob{}, err
	}
	_, err = w.Write(layer)
	if err2 := w.Close(); err == nil {
		err = err2
	}
	packed := newBlob(mediaTypes+"layer.v1.tar+"+suffix, b.Bytes())
	packed.Annotations = annotations
	return packed, err
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
