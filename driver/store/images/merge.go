//go:build linux

package images

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/pool"
)

// merge makes the segment's image and links it at path. All objects of the image are durable in a
// pool when merge returns. It holds the lock of the pool, shared, while it works. Two processes may merge
// the same segment at once; the second one wastes time only.
func (m *Images) merge(ctx context.Context, s chain.Segment, path string) (err error) {
	p, err := pool.Open(m.store(s), m.sealing)
	if err != nil {
		return err
	}
	defer p.Close() //nolint:errcheck // nothing is written
	defer func() { err = p.Named(err) }()
	batch, err := p.BeginStaged() // its lock keeps the image from collection until it is linked
	if err != nil {
		return err
	}
	defer batch.Close() //nolint:errcheck // what counts is durable
	in := &inputs{sealing: m.sealing, sealed: true}
	defer in.close()
	for _, l := range slices.Backward(s.Layers) {
		if err := in.add(l); err != nil {
			return fmt.Errorf("layer %s: %w", l.ID, err)
		}
	}
	d, err := batch.AddImage(func(w io.Writer) (verity.Digest, error) {
		img, err := m.write(ctx, s, in, w, p.Algorithm())
		return img.Digest, err
	})
	if err != nil {
		return err
	}
	if err := in.commit(); err != nil {
		return err
	}
	if in.sealed {
		if _, err := batch.SealImage(d); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return batch.LinkImage(d, p.Path(path))
}

// write writes the image of a segment.
func (m *Images) write(ctx context.Context, s chain.Segment, in *inputs, w io.Writer, a verity.Algorithm) (convert.Written, error) {
	if m.former == nil || !s.Bottom || in.stock {
		return convert.Merge(ctx, in.sources, w, convert.MergeOptions{Segment: !s.Bottom, Algorithm: a})
	}
	t, err := m.former.merge(ctx, in)
	if err != nil {
		return convert.Written{}, err
	}
	img, err := convert.WriteMerged(w, t, a)
	if err == nil { // from now on another merge may change the tree
		m.former.keep(in.files, t, keepTree)
	}
	return img, err
}

// inputs are the open layer images of a segment, bottom first, and the batches that adopt the
// contents of stock layers.
type inputs struct {
	sealing objects.Sealing
	sealed  bool // all objects are sealed after the batches are committed

	sources []convert.Source
	files   []fs.FileInfo // of the sources
	stock   bool          // there is a layer of stock containers/storage
	closers []io.Closer
	batches []adopting
}

// adopting is a batch of a stock layer, and its pool.
type adopting struct {
	*objects.Batch
	pool *pool.Pool
}

// add opens the image of a layer.
func (in *inputs) add(l chain.Layer) error {
	f, img, err := OpenLayer(l)
	if err != nil {
		return err
	}
	in.closers = append(in.closers, f)
	info, err := f.Stat()
	if err != nil {
		return err
	}
	in.files = append(in.files, info)
	src := convert.Source{Image: img}
	if img.Format() != erofs.Layer {
		in.stock = true
		if l.Store.ReadOnly {
			src.Keep, in.sealed = true, false
		} else if src.Adopt, err = in.adopt(l); err != nil {
			return err
		}
	}
	if img.Format() == erofs.Layer && in.sealed && in.sealing != objects.SealNever {
		_, err = verity.Measure(f)
		in.sealed = err == nil
	}
	in.sources = append(in.sources, src)
	return nil
}

// adopt returns a function that adopts contents of a stock layer into the pool.
func (in *inputs) adopt(l chain.Layer) (func(string, int64) (verity.Digest, []byte, error), error) {
	p, err := pool.Open(l.Store, in.sealing)
	if err != nil {
		return nil, err
	}
	in.closers = append(in.closers, p)
	if err := pool.Enter(l); err != nil {
		return nil, err
	}
	b, err := p.Begin(p.Path(l.Diff()))
	if err != nil {
		return nil, err
	}
	in.batches = append(in.batches, adopting{b, p})
	return func(payload string, size int64) (verity.Digest, []byte, error) {
		d, content, err := b.Adopt(payload, size)
		return d, content, p.Named(err)
	}, nil
}

func (in *inputs) commit() error {
	for _, b := range in.batches {
		if err := b.Commit(); err != nil {
			return b.pool.Named(err)
		}
	}
	return nil
}

func (in *inputs) close() {
	var errs []error
	for _, b := range in.batches {
		errs = append(errs, b.Close())
	}
	for _, c := range slices.Backward(in.closers) {
		errs = append(errs, c.Close())
	}
	_ = files.WithCleanup(nil, errs...) // committed objects are durable, and others are garbage
}
