package fsck

import (
	"bytes"
	"context"
	"io"
	"os"
	"sync"

	layerpkg "github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/upkeep/origin"
)

// keeper is a layer.Store that keeps the wanted contents of a tar and discards the others.
type keeper struct {
	*repairer
	name  string // of the origin of the tar
	sizes map[int64]bool
	any   bool // the size of a wanted content is unknown

	algorithm verity.Algorithm // of all wanted digests

	mu     sync.Mutex
	wanted map[verity.Digest]*Finding
}

func (k *keeper) done() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.wanted) == 0
}

// concerns reports whether a layer has wanted contents, by the records of the store.
func (k *keeper) concerns(l origin.Layer) bool {
	for _, f := range k.wanted {
		for _, id := range f.Layers {
			known, _ := k.catalog.Layer(id)
			if l.DiffID != "" && l.DiffID == known.DiffID || l.Digest != "" && l.Digest == known.Digest {
				return true
			}
		}
	}
	return false
}

// read reads a layer.
func (k *keeper) read(ctx context.Context, l origin.Layer) error {
	in, err := l.Open(ctx)
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // open for reading
	_, err = layerpkg.Read(ctx, in, k, layerpkg.Options{})
	return err
}

// Add keeps a content if it is wanted.
func (k *keeper) Add(content []byte) (verity.Digest, error) {
	if !k.any && !k.sizes[int64(len(content))] {
		return verity.Digest{}, nil // the result of the conversion is discarded
	}
	d := k.algorithm.Sum(content)
	return d, k.keep(d, bytes.NewReader(content))
}

// AddFrom keeps a content if it is wanted.
func (k *keeper) AddFrom(r io.Reader, size int64) (verity.Digest, error) {
	if !k.any && !k.sizes[size] {
		_, err := io.Copy(io.Discard, r)
		return verity.Digest{}, err
	}
	temp, err := os.CreateTemp("", "composefs-check-")
	if err != nil {
		return verity.Digest{}, err
	}
	defer temp.Close()                             //nolint:errcheck // it has no name
	if err := os.Remove(temp.Name()); err != nil { // closing the file frees its content
		return verity.Digest{}, err
	}
	h := verity.NewHash(k.algorithm)
	if _, err = io.Copy(io.MultiWriter(temp, h), r); err == nil {
		err = k.keep(h.Digest(), io.NewSectionReader(temp, 0, size))
	}
	return h.Digest(), err
}

// keep repairs the object of a content.
func (k *keeper) keep(d verity.Digest, content io.Reader) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	f := k.wanted[d]
	if f == nil {
		return nil
	}
	o := k.repairer.pools[f.pool]
	if err := o.repair.Write(d, content, o.names(f.Paths)); err != nil {
		return err
	}
	f.Repaired = "from " + k.name
	delete(k.wanted, d)
	return nil
}
