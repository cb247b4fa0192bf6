package survey

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
)

// ErrNoImage is the error for a chain without a single merged image.
var ErrNoImage = errors.New("there is no merged image")

// Merged is the merged image of a chain.
type Merged struct {
	Path   string   // "" if the image does not exist yet
	Data   []string // object directories, if the image exists
	Digest verity.Digest
	Size   int64 // bytes
	Sealed bool  // the image and all its objects have fs-verity
}

// Merge returns the merged image of a chain, top layer first. It hashes an existing image. If there
// is none, it merges the layers and discards the result. The error wraps [ErrNoImage] if the image is
// damaged, or if the chain cannot have one; the error then names the lowest layer that prevents it.
func Merge(ctx context.Context, stores *chain.Stores, layers []Layer) (Merged, error) {
	c, err := mergeable(layers)
	if err != nil {
		return Merged{}, err
	}
	s := c.Segments()[0]
	known := images.New(stores.Primary, objects.SealNever)
	path, err := known.Find(s)
	if err != nil {
		return Merged{}, err
	}
	if path == "" {
		return mergeNow(ctx, s.Layers, io.Discard)
	}
	data, err := known.Data(s)
	if err != nil {
		return Merged{}, err
	}
	m := Merged{Path: path, Data: data}
	algorithm, err := objects.AlgorithmOf(s.Top().Store.Pool(), 0)
	if err != nil {
		return m, err
	}
	if m.Digest, m.Size, m.Sealed, err = measure(path, algorithm); err == nil && !m.named(stores.Primary, s.Top().Store) {
		err = fmt.Errorf("%w: %s is damaged: the pool has no image of its digest, %s", ErrNoImage, path, m.Digest)
	}
	return m, err
}

// mergeable returns the layers as a chain if they can be merged into one image.
func mergeable(layers []Layer) (c chain.Chain, err error) {
	if len(layers) == 0 {
		return nil, fmt.Errorf("%w: there are no layers", ErrNoImage)
	}
	for _, l := range slices.Backward(layers) {
		if l.Kind != Composefs && l.Kind != Stock {
			return nil, fmt.Errorf("%w: layer %s is %s", ErrNoImage, l.ID, l.Kind)
		}
		if l.Kind == Stock && l.Store.ReadOnly {
			return nil, fmt.Errorf("%w: layer %s is %s in a store that is only read", ErrNoImage, l.ID, l.Kind)
		}
		c = append(c, l.Layer)
	}
	slices.Reverse(c)
	return c, nil
}

// named reports whether the pool of one of the stores has the image under its digest.
func (m Merged) named(stores ...chain.Store) bool {
	info, err := os.Stat(m.Path)
	return err == nil && slices.ContainsFunc(stores, func(s chain.Store) bool {
		same, err := os.Stat(filepath.Join(s.PoolImages(), m.Digest.String()))
		return err == nil && os.SameFile(info, same)
	})
}

// measure returns the fs-verity digest and the size of a file, and whether the file has fs-verity. It
// hashes the content in any case, to find damage.
func measure(path string, a verity.Algorithm) (d verity.Digest, size int64, sealed bool, err error) {
	f, err := os.Open(path)
	if err != nil {
		return d, 0, false, err
	}
	defer f.Close() //nolint:errcheck // open for reading
	_, err = verity.Measure(f)
	sealed = err == nil
	d, size, err = a.SumFile(f)
	return d, size, sealed, err
}

// WriteMerged merges the layers of a chain, top first, and writes the image to w.
func WriteMerged(ctx context.Context, layers []Layer, w io.Writer) error {
	c, err := mergeable(layers)
	if err == nil {
		_, err = mergeNow(ctx, c, w)
	}
	return err
}

// mergeNow merges layers, top first, and writes the image to w. It writes nothing to the store.
func mergeNow(ctx context.Context, layers []chain.Layer, w io.Writer) (m Merged, err error) {
	in := &inputs{}
	defer in.close()
	if err := in.open(layers); err != nil {
		return m, err
	}
	algorithm, err := objects.AlgorithmOf(layers[0].Store.Pool(), 0)
	if err != nil {
		return m, err
	}
	merged, err := convert.Merge(ctx, in.sources, w, convert.MergeOptions{Algorithm: algorithm})
	return Merged{Digest: merged.Digest, Size: merged.Size}, err
}
