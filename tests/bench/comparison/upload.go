package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"

	"github.com/composefs-storage/composefs-storage/tests/bench/comparison/floor"
)

// layer writes a layer tar.
type layer func(io.Writer) error

// push puts an image of layers into the registry. No layer is on the disk but in the registry.
func (r *registry) push(ctx context.Context, name string, layers []layer, packed compression) error {
	manifest := struct {
		SchemaVersion int    `json:"schemaVersion"`
		MediaType     string `json:"mediaType"`
		floor.Manifest
	}{2, "application/vnd.oci.image.manifest.v1+json", floor.Manifest{}}
	var diffIDs []string
	for _, l := range layers {
		diff := sha256.New()
		b, err := r.upload(ctx, name, packed.mediaType, func(w io.Writer) error {
			z, err := packed.writer(w)
			if err != nil {
				return err
			}
			if err := l(io.MultiWriter(z, diff)); err != nil {
				return err
			}
			return z.Close()
		})
		if err != nil {
			return err
		}
		manifest.Layers = append(manifest.Layers, b)
		diffIDs = append(diffIDs, fmt.Sprintf("sha256:%x", diff.Sum(nil)))
	}
	config, err := json.Marshal(map[string]any{
		"architecture": runtime.GOARCH, "os": "linux", "config": map[string]any{},
		"rootfs": map[string]any{"type": "layers", "diff_ids": diffIDs},
	})
	if err != nil {
		return err
	}
	manifest.Config, err = r.upload(ctx, name, "application/vnd.oci.image.config.v1+json", func(w io.Writer) error {
		_, err := w.Write(config)
		return err
	})
	if err != nil {
		return err
	}
	text, err := json.Marshal(manifest)
	if err != nil {
		return err
	}
	_, err = r.send(ctx, http.MethodPut, "/v2/"+name+"/manifests/latest", manifest.MediaType, bytes.NewReader(text))
	return err
}

// upload puts a blob into the registry while a function writes it.
func (r *registry) upload(ctx context.Context, name, mediaType string, write func(io.Writer) error) (b floor.Blob, err error) {
	at, err := r.send(ctx, http.MethodPost, "/v2/"+name+"/blobs/uploads/", "", nil)
	if err != nil {
		return b, err
	}
	out, in := io.Pipe()
	defer out.Close() //nolint:errcheck // ends the writer if the registry does not read all
	hash := sha256.New()
	size := &counter{}
	go func() { in.CloseWithError(write(in)) }()
	if at, err = r.send(ctx, http.MethodPatch, at, "application/octet-stream", io.TeeReader(out, io.MultiWriter(hash, size))); err != nil {
		return b, err
	}
	b = floor.Blob{MediaType: mediaType, Digest: fmt.Sprintf("sha256:%x", hash.Sum(nil)), Size: size.n}
	_, err = r.send(ctx, http.MethodPut, at+"&digest="+b.Digest, "", nil)
	return b, err
}

// counter counts the bytes that are written to it.
type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}

// send sends a request and returns the location that the registry answers with. The place is a path, or a
// location.
func (r *registry) send(ctx context.Context, method, place, mediaType string, body io.Reader) (location string, err error) {
	if strings.HasPrefix(place, "/") {
		place = "http://" + r.addr + place
	}
	req, err := http.NewRequestWithContext(ctx, method, place, body)
	if err != nil {
		return "", err
	}
	if mediaType != "" {
		req.Header.Set("Content-Type", mediaType)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close() //nolint:errcheck // open for reading
	if resp.StatusCode/100 != 2 {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, 1000)) // the status is enough
		return "", fmt.Errorf("%s %s: %s: %s", method, place, resp.Status, text)
	}
	return resp.Header.Get("Location"), nil
}
