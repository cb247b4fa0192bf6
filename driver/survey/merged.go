package survey

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/chain"
	"github.com/composefs-storage/composefs-storage/driver/images"
)

// ErrNoImage is returned for a chain that is not mounted as one image.
var ErrNoImage = errors.New("there is no merged image")

// Merged is the image that a chain is merged to.
type Merged struct {
	Path   string   // "" if it has not been merged yet
	Data   []string // object directories, once it has been
	Digest verity.Digest
	Size   int64 // bytes
}

// Merge returns the merged image of a chain, the top layer first. It reads the image and
// measures it, or, if there is none yet, merges the layers and throws the result away.
// The error wraps [ErrNoImage] if the image is damaged, or there can be none: then it
// names the first layer, from the bottom, that is why.
func Merge(stores *chain.Stores, layers []Layer) (Merged, error) {
	if len(layers) == 0 {
		return Merged{}, fmt.Errorf("%w: there are no layers", ErrNoImage)
	}
	var c chain.Chain
	for i := len(layers) - 1; i >= 0; i-- {
		l := layers[i]
		if l.Kind != Composefs && l.Kind != Stock {
			return Merged{}, fmt.Errorf("%w: layer %s is %s", ErrNoImage, l.ID, l.Kind)
		}
		if l.Kind == Stock && l.Store.ReadOnly {
			return Merged{}, fmt.Errorf("%w: layer %s is %s in a store that is only read", ErrNoImage, l.ID, l.Kind)
		}
		c = append(c, l.Layer)
	}
	slices.Reverse(c)
	s := c.Segments()[0]
	known := images.New(stores.Primary, objects.SealNever)
	path := known.Find(s)
	if path == "" {
		return mergeNow(s.Layers)
	}
	data, err := known.Data(s)
	if err != nil {
		return Merged{}, err
	}
	m := Merged{Path: path, Data: data}
	if m.Digest, m.Size, err = measure(path); err == nil && !m.named(stores.Primary, s.Top().Store) {
		err = fmt.Errorf("%w: %s is damaged: the pool has no image of its digest, %s", ErrNoImage, path, m.Digest)
	}
	return m, err
}

// named reports whether the image is in one of the stores' pools, by its digest.
func (m Merged) named(stores ...chain.Store) bool {
	info, err := os.Stat(m.Path)
	return err == nil && slices.ContainsFunc(stores, func(s chain.Store) bool {
		same, err := os.Stat(filepath.Join(s.Pool(), "images", m.Digest.String()))
		return err == nil && os.SameFile(info, same)
	})
}

// measure returns the fs-verity digest and the length of a file.
func measure(path string) (d verity.Digest, size int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return d, 0, err
	}
	defer f.Close() //nolint:errcheck // open for reading
	h := verity.New()
	size, err = io.Copy(h, f)
	return h.Digest(), size, err
}

// mergeNow merges layers, the top one first, and keeps nothing of it.
func mergeNow(layers []chain.Layer) (m Merged, err error) {
	var sources []convert.Source
	for _, l := range slices.Backward(layers) {
		f, img, err := images.Open(l.Blob())
		if err != nil {
			return m, err
		}
		defer f.Close() //nolint:errcheck // open for reading
		diff, err := os.OpenRoot(l.Diff())
		if err != nil {
			return m, err
		}
		defer diff.Close() //nolint:errcheck // open for reading
		sources = append(sources, convert.Source{Image: img, Adopt: func(payload string, size int64) (verity.Digest, []byte, error) {
			return readPayload(diff, payload, size)
		}})
	}
	merged, err := convert.Merge(context.Background(), sources, io.Discard, convert.MergeOptions{})
	return Merged{Digest: merged.Digest, Size: merged.Size}, err
}

// readPayload returns what adopting the file of a stock layer would, and leaves the file
// as it is.
func readPayload(diff *os.Root, payload string, size int64) (d verity.Digest, content []byte, err error) {
	f, err := diff.OpenFile(payload, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a fifo must not block
	if err != nil {
		return d, nil, err
	}
	defer f.Close() //nolint:errcheck // open for reading
	if size <= tree.InlineMax {
		content = make([]byte, size)
		_, err = io.ReadFull(f, content)
		return verity.Sum(content), content, err
	}
	h := verity.New()
	n, err := io.Copy(h, f)
	if err == nil && n != size {
		err = fmt.Errorf("%d bytes, want %d", n, size)
	}
	return h.Digest(), nil, err
}
