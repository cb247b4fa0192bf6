package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/composefs-storage/composefs-storage/driver/pull/decompress"
	"github.com/composefs-storage/composefs-storage/tests/bench/comparison/floor"
	"github.com/composefs-storage/composefs-storage/tests/bench/comparison/generated"
)

// The sizes of generated layers.
const (
	hugeLayer = 2_000_000_000 // bytes
	hugeFile  = 1_000_000_000 // bytes of them
	tinyFiles = 300_000
)

// derived returns the images that are made of the layers of app, whose recipe is given.
func derived(app string) []image {
	return []image{
		{
			name: hugeImage, recipe: fmt.Sprintf("one layer of %d bytes, one file of %d, from:\n%s", hugeLayer, hugeFile, app), packed: gzipped,
			layers: func(app generated.Image) []layer {
				return []layer{func(w io.Writer) error { return generated.Huge(w, app, hugeLayer, hugeFile) }}
			},
		},
		{
			name: tinyImage, recipe: fmt.Sprintf("one layer of %d tiny files, from:\n%s", tinyFiles, app), packed: gzipped,
			layers: func(app generated.Image) []layer {
				return []layer{func(w io.Writer) error { return generated.Tiny(w, app, tinyFiles) }}
			},
		},
		{name: zstdImage, recipe: "compressed by zstd:\n" + app, packed: zstdCompressed, layers: copies},
	}
}

// copies returns the layers of an image as they are.
func copies(from generated.Image) (layers []layer) {
	for _, open := range from {
		layers = append(layers, func(w io.Writer) error {
			r, err := open()
			if err != nil {
				return err
			}
			defer r.Close() //nolint:errcheck // open for reading
			_, err = io.Copy(w, r)
			return err
		})
	}
	return layers
}

// derive makes an image of the layers of app.
func (l *lab) derive(ctx context.Context, img image) error {
	m, err := floor.GetManifest(ctx, l.ref(appImage))
	if err != nil {
		return err
	}
	var app generated.Image
	for _, b := range m.Layers {
		app = append(app, func() (io.ReadCloser, error) { return openLayer(l.registry.blob(b.Digest)) })
	}
	return l.registry.push(ctx, img.name, img.layers(app), img.packed)
}

// openedLayer is the tar of a gzip file.
type openedLayer struct {
	io.ReadCloser
	file *os.File
}

func openLayer(path string) (io.ReadCloser, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	z, err := decompress.Gzip(bufio.NewReader(f), decompress.Auto)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return openedLayer{z, f}, nil
}

func (o openedLayer) Close() error { return errors.Join(o.ReadCloser.Close(), o.file.Close()) }

// compression is how layers are compressed, with the default level.
type compression struct {
	mediaType string
	writer    func(io.Writer) (io.WriteCloser, error)
}

var (
	gzipped = compression{"application/vnd.oci.image.layer.v1.tar+gzip", func(w io.Writer) (io.WriteCloser, error) {
		return gzip.NewWriter(w), nil
	}}
	zstdCompressed = compression{"application/vnd.oci.image.layer.v1.tar+zstd", func(w io.Writer) (io.WriteCloser, error) {
		return zstd.NewWriter(w)
	}}
)
