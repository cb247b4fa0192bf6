package floor

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/composefs-storage/composefs-storage/driver/pull/decompress"
)

// Manifest is the manifest of an image in a registry.
type Manifest struct {
	Config Blob   `json:"config"`
	Layers []Blob `json:"layers"`
}

// Blob is a part of an image.
type Blob struct {
	MediaType string `json:"mediaType"`
	Digest    string `json:"digest"`
	Size      int64  `json:"size"`
}

// GetManifest asks a registry for the manifest of an image, which is named as HOST:PORT/NAME,
// without a tag.
func GetManifest(ctx context.Context, image string) (m Manifest, err error) {
	host, name, _ := strings.Cut(image, "/")
	err = get(ctx, host, name, "manifests/latest", func(r io.Reader) error { return json.NewDecoder(r).Decode(&m) })
	return m, err
}

// inParallel is how many layers are pulled at a time, as in podman.
const inParallel = 6

// Pull stores the contents of an image, the layers of which are gzip, in an empty
// directory.
func Pull(ctx context.Context, image, dir string) error {
	s, err := NewStore(dir)
	if err != nil {
		return err
	}
	m, err := GetManifest(ctx, image)
	if err != nil {
		return err
	}
	host, name, _ := strings.Cut(image, "/")
	var config struct {
		RootFS struct {
			DiffIDs []string `json:"diff_ids"`
		} `json:"rootfs"`
	}
	err = get(ctx, host, name, "blobs/"+m.Config.Digest, func(r io.Reader) error { return json.NewDecoder(r).Decode(&config) })
	if err != nil {
		return err
	}
	if len(config.RootFS.DiffIDs) != len(m.Layers) {
		return fmt.Errorf("%s: %d layers, but %d diffIDs", image, len(m.Layers), len(config.RootFS.DiffIDs))
	}
	layers, ctx := errgroup.WithContext(ctx)
	layers.SetLimit(inParallel)
	for i, l := range m.Layers {
		layers.Go(func() error {
			return get(ctx, host, name, "blobs/"+l.Digest, func(r io.Reader) error {
				return s.blob(r, l.Digest, config.RootFS.DiffIDs[i])
			})
		})
	}
	return errors.Join(layers.Wait(), s.Close())
}

// blob stores the contents of a compressed layer.
func (s *Store) blob(blob io.Reader, digest, diffID string) error {
	hash := sha256.New()
	in := bufio.NewReaderSize(io.TeeReader(blob, hash), 64<<10)
	layer, err := decompress.Gzip(in, decompress.Auto)
	if err != nil {
		return err
	}
	defer layer.Close() //nolint:errcheck // it frees memory
	got, err := s.Layer(layer)
	if err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, in); err != nil {
		return err
	}
	for _, d := range []struct {
		want string
		got  []byte
	}{{digest, hash.Sum(nil)}, {diffID, got[:]}} {
		if got := "sha256:" + hex.EncodeToString(d.got); got != d.want {
			return fmt.Errorf("layer %s: digest is %s, want %s", digest, got, d.want)
		}
	}
	return nil
}

// get reads a path of a registry.
func get(ctx context.Context, host, name, path string, read func(io.Reader) error) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+host+"/v2/"+name+"/"+path, nil)
	if err != nil {
		return err
	}
	for _, kind := range []string{"application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json"} {
		req.Header.Add("Accept", kind)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close() //nolint:errcheck // open for reading
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", req.URL, resp.Status)
	}
	if err := read(resp.Body); err != nil {
		return fmt.Errorf("%s: %w", req.URL, err)
	}
	return nil
}
