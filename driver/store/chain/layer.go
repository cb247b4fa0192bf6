package chain

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"syscall"

	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Store is a store of containers/storage.
type Store struct {
	Home string // its directory of layers, "overlay" in its root

	// ReadOnly reports that the store belongs to others, as additional image stores do. Nothing
	// writes there.
	ReadOnly bool

	// Algorithm is that of a new pool, as the settings want it, 0 for no wish.
	Algorithm verity.Algorithm
}

// Layer is a layer in a store.
type Layer struct {
	ID    string
	Store Store

	// Composefs reports that the layer has an image and that its diff contains objects. The diff of
	// a plain layer contains its files.
	Composefs bool

	// Idmapped reports that a composefs layer has no files: it shows the layers below it with the owners of a user
	// namespace, whose maps are in [Layer.IdmapFile].
	Idmapped bool

	// Diffs are the directories of a plain layer, top first. A layer whose owners were changed for a
	// user namespace has several.
	Diffs []string
}

// load reads the kind and the directories of a layer. The error wraps fs.ErrNotExist if the store
// has no such layer.
func load(s Store, id string) (Layer, error) {
	l := Layer{ID: id, Store: s}
	if _, err := os.Lstat(l.Dir()); err != nil {
		return l, err
	}
	switch _, err := os.Lstat(l.DataDir()); { // the test of the stock driver
	case err == nil:
		l.Composefs = true
		_, err := os.Lstat(l.IdmapFile())
		if errors.Is(err, fs.ErrNotExist) {
			return l, nil
		}
		l.Idmapped = err == nil
		return l, err
	case !errors.Is(err, fs.ErrNotExist):
		return l, err
	}
	diff := l.Diff()
	switch to, err := os.Readlink(diff); {
	case err == nil: // a layer of an additional layer store
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

// Stores are the stores that a command uses.
type Stores struct {
	Primary Store

	// Images contains the layers of images if storage.conf sets imagestore. Otherwise it is empty.
	Images Store

	// Additional are the additional image stores.
	Additional []Store
}

// all returns the stores in the order in which the overlay driver searches them.
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

// NewLayers returns the store of new layers of images.
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

// Has reports whether any store has the layer. After an error, callers must not remove anything on
// the ground that the layer is gone.
func (s *Stores) Has(id string) (bool, error) {
	_, err := s.Find(id)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Foreign reports whether the layer is in another store than the primary one. Its mount point is
// below the run root then, and its mounts are read-only.
func (s *Stores) Foreign(l Layer) bool { return l.Store.Home != s.Primary.Home }
