package chain

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// Store is a directory with layers: overlay in the root of a store.
type Store struct {
	Home string

	// ReadOnly: nothing may be written there, as in additional image stores.
	ReadOnly bool
}

// Pool returns the directory of the store's pool. It lies beside the layers, for
// stock containers/storage takes whatever lies among them for a damaged layer.
func (s Store) Pool() string { return s.Home + "-composefs" }

// PoolLayers returns the pool's directory with an entry for each layer that may have
// objects in it.
func (s Store) PoolLayers() string { return filepath.Join(s.Pool(), "layers") }

// Layer is a layer on disk.
type Layer struct {
	ID    string
	Store Store

	// Composefs: the layer has an image, and its diff holds objects. Otherwise its
	// diff holds its files.
	Composefs bool

	// Diffs are the directories of a layer that is not composefs, the top one first.
	// There are several after its owners were changed for a user namespace.
	Diffs []string
}

// Dir returns the layer's directory.
func (l Layer) Dir() string { return filepath.Join(l.Store.Home, l.ID) }

// Diff returns the layer's own files, or its objects.
func (l Layer) Diff() string { return filepath.Join(l.Dir(), "diff") }

// DataDir returns the directory with the images of a composefs layer.
func (l Layer) DataDir() string { return filepath.Join(l.Dir(), "composefs-data") }

// Blob returns the layer image: this layer alone. The name is stock's.
func (l Layer) Blob() string { return filepath.Join(l.DataDir(), "composefs.blob") }

// Merged returns the image of the whole chain that ends with the layer.
func (l Layer) Merged() string { return filepath.Join(l.DataDir(), "merged.blob") }

// Segment returns the image of the composefs layers from this one down to a layer
// that is not composefs.
func (l Layer) Segment() string { return filepath.Join(l.DataDir(), "segment.blob") }

// MetacopyMark returns a file that marks a layer as one that was mounted read-write with
// metacopy=on, so that its files may be such that have metadata only.
func (l Layer) MetacopyMark() string { return filepath.Join(l.Dir(), "composefs-metacopy") }

// load finds out what a layer consists of. It returns an error that wraps
// fs.ErrNotExist if there is no such layer in the store.
func load(s Store, id string) (Layer, error) {
	l := Layer{ID: id, Store: s}
	if _, err := os.Lstat(l.Dir()); err != nil {
		return l, err
	}
	switch _, err := os.Lstat(l.DataDir()); { // as the stock driver asks: without its image, a layer's objects are no tree
	case err == nil:
		l.Composefs = true
		return l, nil
	case !errors.Is(err, fs.ErrNotExist):
		return l, err
	}
	diff := l.Diff()
	switch to, err := os.Readlink(diff); {
	case err == nil: // of an additional layer store
		diff = to
	case !errors.Is(err, syscall.EINVAL) && !errors.Is(err, fs.ErrNotExist):
		return l, err
	}
	for n := 1; ; n++ {
		l.Diffs = append(l.Diffs, diff)
		diff = l.Diff() + strconv.Itoa(n)
		switch _, err := os.Lstat(diff); {
		case errors.Is(err, fs.ErrNotExist):
			return l, nil
		case err != nil:
			return l, err
		}
	}
}

// Stores are the stores in which layers are looked for.
type Stores struct {
	Primary Store

	// Images holds the image layers if the store keeps them apart (imagestore), and
	// is empty otherwise.
	Images Store

	// Additional are the additional image stores.
	Additional []Store
}

// all returns the stores in the order in which the overlay driver looks into them.
func (s *Stores) all() []Store {
	list := []Store{s.Primary}
	if s.Images.Home != "" {
		list = append(list, s.Images)
	}
	return append(list, s.Additional...)
}

// Writable returns the stores that are not read-only.
func (s *Stores) Writable() []Store {
	return s.all()[:len(s.all())-len(s.Additional)]
}

// NewLayers returns the store in which images get new layers.
func (s *Stores) NewLayers() Store {
	if s.Images.Home != "" {
		return s.Images
	}
	return s.Primary
}

// Find returns the layer with that ID. If no store has it the error wraps
// fs.ErrNotExist.
func (s *Stores) Find(id string) (Layer, error) {
	for _, store := range s.all() {
		l, err := load(store, id)
		if !errors.Is(err, fs.ErrNotExist) {
			return l, err
		}
	}
	return Layer{}, fmt.Errorf("layer %s: %w", id, fs.ErrNotExist)
}

// Has reports whether any store has the layer. After an error that is not known: nothing
// may be removed then because the layer is gone.
func (s *Stores) Has(id string) (bool, error) {
	_, err := s.Find(id)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Beside reports whether the layer is in another store than the primary one: its
// mounts have their place in the run root then.
func (s *Stores) Beside(l Layer) bool { return l.Store.Home != s.Primary.Home }
