//go:build linux

package inplace

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/composefs-storage/composefs-storage/driver/store/catalog"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// record is the record of a layer in containers/storage. A conversion does not change it.
type record struct {
	catalog.Layer

	tarSplit string // the file with its tar-split, or ""
}

// record returns the record of a layer. The error is a *Refusal if the layer cannot become composefs.
func (c *Converter) record(l chain.Layer) (record, error) {
	r, err := c.listed(l)
	switch {
	case err != nil:
		return r, err
	case r.Mapped:
		return r, &Refusal{Reason: "its owners are mapped for a user namespace"}
	case r.tarSplit == "":
		return r, &Refusal{Reason: "its tar-split is missing; remove the container image and pull it again"}
	}
	return r, nil
}

// listed returns the record of a layer. The error is a *Refusal if the layer is incomplete, or if the
// record has unknown fields.
func (c *Converter) listed(l chain.Layer) (r record, err error) {
	var unknown []string
	if r.Layer, unknown, err = catalog.ReadLayer(l.Store, l.ID); err != nil {
		return r, err
	}
	if r.Incomplete {
		return r, &Refusal{Reason: "it is incomplete"}
	}
	if len(unknown) > 0 {
		return r, newer(fmt.Sprintf("%s has the field %q", l.Store.LayerRecords(), unknown[0]))
	}
	split, err := c.stores.TarSplit(l)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	r.tarSplit = split
	return r, err
}
