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

// ErrNoImage is returned for a chain that is not mounted as one image.
var ErrNoImage = errors.New("there is no merged image")

// Merged is the image that a chain is merged to.
type Merged struct {
	Path   string   // "" if it has not been merged yet
	Data   []string // object directories, once it has been
	Digest verity.Digest
	Size   int64 // bytes
	Sealed bool  // it has fs-verity, and so have all objects it refers to
}

// Merge returns the merged image of a chain, the top layer first. It reads the image and
// measures it, or, if there is none yet, merges the layers and throws the result away.
// The error wraps [ErrNoImage] if the image is damaged, or there can be none: then it
// names the first layer, from the bottom, that is why.
func Merge(stores *chain.Stores, layers []Layer) (Merged, error) {
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
		return mergeNow(s.Layers, io.Discard)
	}
	data, err := known.Data(s)
	if err != nil {
		return Merged{}, err
	}
	m := Merged{Path: path, Data: data}
	if m.Digest, m.Size, m.Sealed, err = measure(path); err == nil && !m.named(stores.Primary, s.Top().Store) {
		err = fmt.Errorf("%w: %s is damaged: the pool has no image of its digest, %s", ErrNoImage, path, m.Digest)
	}
	return m, err
}

// mergeable returns the layers as a chain, if they can be merged to one image.
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

// named reports whether the image is in one of the stores' pools, by its digest.
func (m Merged) named(stores ...chain.Store) bool {
	info, err := os.Stat(m.Path)
	return err == nil && slices.ContainsFunc(stores, func(s chain.Store) bool {
		same, err := os.Stat(filepath.Join(s.Pool(), "images", m.Digest.String()))
		return err == nil && os.SameFile(info, same)
	})
}

// measure returns the fs-verity digest and the length of a file, and whether it has
// fs-verity.
func measure(path string) (d verity.Digest, size int64, sealed bool, err error) {
	f, err := os.Open(path)
	if err != nil {
		return d, 0, false, err
	}
	defer f.Close() //nolint:errcheck // open for reading
	_, err = verity.Measure(f)
	sealed = err == nil
	d, size, err = verity.SumFile(f)
	return d, size, sealed, err
}

// mergeNow merges layers, the top one first, and writes the image to w. It keeps nothing in the store.
func mergeNow(layers []chain.Layer, w io.Writer) (m Merged, err error) {
	in := &inputs{}
	defer in.close()
	if err := in.open(layers); err != nil {
		return m, err
	}
	merged, err := convert.Merge(context.Background(), in.sources, w, convert.MergeOptions{})
	return Merged{Digest: merged.Digest, Size: merged.Size}, err
}
