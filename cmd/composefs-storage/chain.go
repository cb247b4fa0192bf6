package main

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// openedChain is the layer images of a merge, bottom first, and the open files, batches and pool behind them.
type openedChain struct {
	sources []convert.Source
	pool    *objects.Pool // nil: nothing can be adopted
	batches []*objects.Batch
	closers []func() error // in the order of opening
}

// openChain opens the images at paths and, unless its path is "", the pool that adopts objects of stock
// layers. The caller closes the chain.
func openChain(paths []string, pool string) (*openedChain, error) {
	c := &openedChain{}
	if pool != "" {
		p, err := objects.Open(pool, objects.Options{})
		if err != nil {
			return nil, err
		}
		c.pool = p
		c.closers = append(c.closers, p.Close)
	}
	for _, path := range paths {
		if err := c.open(path); err != nil {
			return nil, errors.Join(err, c.close())
		}
	}
	return c, nil
}

func (c *openedChain) open(path string) error {
	m, f, err := openImage(path)
	if err != nil {
		return err
	}
	c.closers = append(c.closers, f.Close)
	source := convert.Source{Image: m}
	if diff := diffBeside(path); c.pool != nil && diff != "" {
		batch, err := c.pool.Begin(diff)
		if err != nil {
			return err
		}
		c.batches = append(c.batches, batch)
		c.closers = append(c.closers, batch.Close)
		source.Adopt = batch.Adopt
	}
	c.sources = append(c.sources, source)
	return nil
}

// diffBeside returns the object directory of a layer of containers/storage from the
// path of its image, or "" if the image does not lie in such a layer.
func diffBeside(image string) string {
	diff, ok := chain.DiffOf(image)
	if !ok {
		return ""
	}
	if info, err := os.Stat(diff); err != nil || !info.IsDir() {
		return ""
	}
	return diff
}

// merge writes the merged image.
func (c *openedChain) merge(ctx context.Context, w io.Writer, opts convert.MergeOptions) (convert.Written, error) {
	merged, err := convert.Merge(ctx, c.sources, w, opts)
	return merged, c.hint(err)
}

// algorithm returns that of the pool, 0 without one.
func (c *openedChain) algorithm() verity.Algorithm {
	if c.pool == nil {
		return 0
	}
	return c.pool.Algorithm()
}

// hint adds the remedy to an error of a merge.
func (c *openedChain) hint(err error) error {
	if errors.Is(err, convert.ErrAdopt) {
		return withHint(err, "add --pool DIR: merge adopts the objects in LAYER/diff for a FILE at LAYER/composefs-data/composefs.blob")
	}
	return withImageHint(err)
}

// commit makes adopted objects durable.
func (c *openedChain) commit() error {
	for _, b := range c.batches {
		if err := b.Commit(); err != nil {
			return err
		}
	}
	return nil
}

// close closes everything that openChain opened.
func (c *openedChain) close() (err error) {
	for i := len(c.closers) - 1; i >= 0; i-- {
		err = errors.Join(err, c.closers[i]())
	}
	c.closers = nil
	return err
}
