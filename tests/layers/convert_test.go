//go:build linux

package layers_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/tests/mounted"
)

// converted is an image whose layers have been converted.
type converted struct {
	images  []string // layer images, bottom first
	objects string   // the object directory of the pool
}

// convertLayers converts layers, bottom first.
func convertLayers(t *testing.T, layers ...[]byte) converted {
	t.Helper()
	dir := t.TempDir()
	pool, err := objects.Open(dir, objects.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := pool.Close(); err != nil {
			t.Error(err)
		}
	}()
	c := converted{objects: filepath.Join(dir, "objects")}
	for i, l := range layers {
		image, err := convertLayer(t, pool, l)
		if err != nil {
			t.Fatalf("layer %d: %v", i, err)
		}
		c.images = append(c.images, image)
	}
	return c
}

// mountMerged merges the layers, mounts the result as composefs for the duration of
// the test and returns where.
func (c converted) mountMerged(t *testing.T) string {
	t.Helper()
	var sources []convert.Source
	for _, path := range c.images {
		sources = append(sources, convert.Source{Image: openImage(t, path)})
	}
	merged := filepath.Join(t.TempDir(), "merged.blob")
	err := writeImage(merged, func(w io.Writer) (convert.Written, error) {
		return convert.Merge(t.Context(), sources, w, convert.MergeOptions{})
	})
	if err != nil {
		t.Fatalf("merge: %v", err)
	}
	return mounted.Overlay(t, mounted.Erofs(t, merged), c.objects)
}

func openImage(t *testing.T, path string) *erofs.Image {
	t.Helper()
	image, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m, err := erofs.Open(bytes.NewReader(image), int64(len(image)))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// mountStacked mounts the layer images one over the other, as stock composefs does.
func (c converted) mountStacked(t *testing.T) string {
	t.Helper()
	var lowers []string // top first
	for _, path := range slices.Backward(c.images) {
		lowers = append(lowers, mounted.Erofs(t, path))
	}
	return mounted.Overlay(t, strings.Join(lowers, ":"), c.objects)
}

// convertLayer converts one layer, adds its contents to the pool and returns the path
// of its image.
func convertLayer(t *testing.T, pool *objects.Pool, l []byte) (string, error) {
	t.Helper()
	dir := t.TempDir()
	batch, err := pool.Begin(dir)
	if err != nil {
		return "", err
	}
	path := filepath.Join(t.TempDir(), "composefs.blob")
	err = writeImage(path, func(w io.Writer) (convert.Written, error) {
		r := bytes.NewReader(l)
		image, err := convert.Layer(t.Context(), r, batch, w, layer.Options{})
		if err == nil && r.Len() > 0 {
			err = errors.New("the tar was not read to its end")
		}
		return image, err
	})
	if err == nil {
		err = batch.Commit()
	}
	return path, errors.Join(err, batch.Close())
}

// writeImage has an image written to a file, and checks the reported digest and sizes.
func writeImage(path string, write func(io.Writer) (convert.Written, error)) error {
	var b bytes.Buffer
	image, err := write(&b)
	if err != nil {
		return err
	}
	if image.Size != int64(b.Len()) || image.Digest != verity.Sum(b.Bytes()) {
		return errors.New("size or digest is not that of the image")
	}
	return os.WriteFile(path, b.Bytes(), 0o600)
}
