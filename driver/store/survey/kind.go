package survey

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
)

// Kind is the form of a layer and the program that has written it.
type Kind string

// The kinds.
const (
	Composefs Kind = "composefs"       // this project's driver
	Stock     Kind = "stock composefs" // stock containers/storage, with use_composefs
	Plain     Kind = "plain"           // its files are in a directory
	Missing   Kind = "missing"         // no store has the layer
	Damaged   Kind = "damaged"         // its image cannot be read
)

// Find returns the layer with that ID and its kind. Of a missing one only the ID is set.
func Find(stores *chain.Stores, id string) (chain.Layer, Kind, error) {
	l, err := stores.Find(id)
	if errors.Is(err, fs.ErrNotExist) {
		return chain.Layer{ID: id}, Missing, nil
	}
	if err != nil || !l.Composefs {
		return l, Plain, err
	}
	f, img, err := images.OpenLayer(l)
	switch {
	case errors.Is(err, erofs.ErrCorrupt) || errors.Is(err, erofs.ErrUnsupported):
		return l, Damaged, nil
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Lstat(l.Dir()); errors.Is(err, fs.ErrNotExist) { // removed since
			return chain.Layer{ID: id}, Missing, nil
		}
		return l, Damaged, nil
	case err != nil:
		return l, "", err
	}
	defer f.Close() //nolint:errcheck // open for reading
	if img.Format() == erofs.Layer {
		return l, Composefs, nil
	}
	return l, Stock, nil
}

// Kinds returns the layers with the given IDs and their kinds. [Merge] and [OCI] need no more.
func Kinds(stores *chain.Stores, ids []string) (layers []Layer, err error) {
	for _, id := range ids {
		l := Layer{}
		if l.Layer, l.Kind, err = Find(stores, id); err != nil {
			return nil, fmt.Errorf("layer %s: %w", id, err)
		}
		layers = append(layers, l)
	}
	return layers, nil
}

// KindOf returns the kind of a chain from the kinds of its layers: the common kind if all are the
// same; Damaged if one is Damaged or Missing; Composefs if none is Plain; Mixed otherwise. A chain
// without layers has the kind "".
func KindOf(layers []Kind) Kind {
	has := map[Kind]bool{}
	for _, k := range layers {
		has[k] = true
	}
	switch {
	case has[Missing] || has[Damaged]:
		return Damaged
	case len(has) > 1 && has[Plain]:
		return Mixed
	case has[Composefs]:
		return Composefs
	case has[Stock]:
		return Stock
	case has[Plain]:
		return Plain
	}
	return ""
}

// Mixed is the kind of a chain with plain and other layers.
const Mixed Kind = "mixed"
