package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/objects"
)

// converter holds the options of convert-layer.
type converter struct {
	streams
	pool, image, diff string
	workers           number
}

func (c *converter) convert(path string) (result *convertedLayer, err error) {
	in, err := c.waitingInput(path)
	if err != nil {
		return nil, err
	}
	defer in.Close() //nolint:errcheck // open for reading
	err = interruptible(func(ctx context.Context) error {
		diffID := sha256.New()
		endWith(ctx, in)
		r := bufio.NewReaderSize(io.TeeReader(in, diffID), tarBuffer)
		err := checkTar(in, r, path)
		if err == nil {
			result, err = c.convertTar(ctx, r)
		}
		if err != nil {
			return fmt.Errorf("convert %s: %w", path, err)
		}
		result.DiffID = "sha256:" + hex.EncodeToString(diffID.Sum(nil))
		return nil
	})
	return result, err
}

// convertTar writes in the order that makes a power cut harmless: contents and image under temporary
// names, then durable objects with their names, then --diff's directory, then the image's name.
func (c *converter) convertTar(ctx context.Context, r io.Reader) (*convertedLayer, error) {
	image, err := createFile(c.image)
	if err != nil {
		return nil, err
	}
	defer image.discard()
	diff, err := newDiffDir(c.diff)
	if err != nil {
		return nil, err
	}
	pool, err := objects.Open(c.pool, objects.Options{})
	if err != nil {
		return nil, err
	}
	defer pool.Close() //nolint:errcheck // nothing was written through it
	batch, err := pool.BeginStaged()
	if err != nil {
		return nil, err
	}
	defer batch.Close() //nolint:errcheck // the batch is committed
	if err := diff.checkPlace(batch.Staged()); err != nil {
		return nil, err
	}
	written, err := convert.Layer(ctx, r, batch, image, layer.Options{Algorithm: batch.Algorithm(), Workers: int(c.workers)})
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	if err := batch.Commit(); err != nil {
		return nil, err
	}
	if err = diff.publish(batch); err == nil {
		err = image.publish()
	}
	if err != nil {
		diff.discard()
		return nil, err
	}
	stats := batch.Stats()
	return &convertedLayer{
		Image: written.Digest.String(),
		Files: stats.Files, Objects: stats.Objects, NewObjects: stats.New,
		Bytes: stats.Bytes, SavedBytes: stats.Saved(),
	}, nil
}
