//go:build linux

package inplace

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	digest "github.com/opencontainers/go-digest"

	"github.com/composefs-storage/composefs-storage/driver/store/catalog"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// record is the record of a layer in containers/storage. A conversion does not change it.
type record struct {
	ID     string            `json:"id"`
	DiffID digest.Digest     `json:"diff-digest"` // of its tar; "" if it was never known
	Size   int64             `json:"diff-size"`   // of its tar; 0 if it was never known
	UIDMap []json.RawMessage `json:"uidmap"`
	GIDMap []json.RawMessage `json:"gidmap"`
	Flags  map[string]any    `json:"flags"`

	tarSplit string // the file with its tar-split, or ""
	unknown  []string
}

// UnmarshalJSON implements json.Unmarshaler. It also keeps the names of unknown fields.
func (r *record) UnmarshalJSON(data []byte) error {
	type known record
	fields := map[string]json.RawMessage{}
	if err := errors.Join(json.Unmarshal(data, (*known)(r)), json.Unmarshal(data, &fields)); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if !slices.Contains(catalog.LayerFields, name) {
			r.unknown = append(r.unknown, name)
		}
	}
	return nil
}

// mapped reports whether the layer has the owners of a user namespace instead of those of its tar.
func (r record) mapped() bool { return len(r.UIDMap) > 0 || len(r.GIDMap) > 0 }

// record returns the record of a layer. The error is a *Refusal if the layer cannot become composefs.
func (c *Converter) record(l chain.Layer) (record, error) {
	r, err := c.listed(l)
	switch {
	case err != nil:
		return r, err
	case r.mapped():
		return r, &Refusal{Reason: "its owners are mapped for a user namespace"}
	case r.tarSplit == "":
		return r, &Refusal{Reason: "its tar-split is missing; remove the container image and pull it again"}
	}
	return r, nil
}

// listed returns the record of a layer. The error is a *Refusal if the layer is incomplete, or if the
// record has unknown fields.
func (c *Converter) listed(l chain.Layer) (record, error) {
	name := filepath.Join(l.Store.LayersDir(), "layers.json")
	var list []record
	if err := catalog.ReadJSON(name, &list); err != nil {
		return record{}, err
	}
	i := slices.IndexFunc(list, func(r record) bool { return r.ID == l.ID })
	if i < 0 {
		return record{}, fmt.Errorf("%s does not list it", name)
	}
	r := list[i]
	if incomplete, _ := r.Flags["incomplete"].(bool); incomplete {
		return r, &Refusal{Reason: "it is incomplete"}
	}
	if len(r.unknown) > 0 {
		return r, newer(fmt.Sprintf("%s has the field %q", name, r.unknown[0]))
	}
	split, err := c.tarSplit(l)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	r.tarSplit = split
	return r, err
}

// tarSplit returns the file of the layer's tar-split. The primary store has the tar-splits of layers in
// an imagestore. The error wraps fs.ErrNotExist if there is none.
func (c *Converter) tarSplit(l chain.Layer) (name string, err error) {
	for _, s := range []chain.Store{l.Store, c.stores.Primary} {
		name = filepath.Join(s.LayersDir(), l.ID+".tar-split.gz")
		if _, err = os.Stat(name); !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	return name, err
}
