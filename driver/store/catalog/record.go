package catalog

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// layerRecord is the record of a layer in layers.json.
type layerRecord struct {
	ID     string         `json:"id"`
	Parent string         `json:"parent"`
	DiffID string         `json:"diff-digest"`
	Digest string         `json:"compressed-diff-digest"`
	Size   int64          `json:"diff-size"`
	Flags  map[string]any `json:"flags"`
	UIDMap []any          `json:"uidmap"`
	GIDMap []any          `json:"gidmap"`
}

func (r *layerRecord) layer() Layer {
	incomplete, _ := r.Flags["incomplete"].(bool)
	return Layer{r.ID, r.Parent, r.DiffID, r.Digest, r.Size, incomplete, len(r.UIDMap)+len(r.GIDMap) > 0}
}

// LayerFields are the fields of a layer's record in layers.json, up to containers/storage 1.65.
// Source: Layer in layers.go of containers/storage.
var LayerFields = []string{
	"id", "names", "parent", "metadata", "mountlabel", "created", "compressed-diff-digest", "compressed-size",
	"diff-digest", "toc-digest", "diff-size", "compression", "uidset", "gidset", "flags", "uidmap", "gidmap", "big-data-names",
}

// ReadLayer returns the record of a layer in a store, and its fields that are not in [LayerFields].
// A layer that the store does not list is an error.
func ReadLayer(s chain.Store, id string) (l Layer, unknown []string, err error) {
	name := s.LayerRecords()
	var list []json.RawMessage
	if err := readJSON(name, &list); err != nil {
		return l, nil, err
	}
	for _, text := range list {
		var r layerRecord
		if err := json.Unmarshal(text, &r); err != nil {
			return l, nil, fmt.Errorf("%s: %w", name, err)
		}
		if r.ID == id {
			return r.layer(), unknownFields(text), nil
		}
	}
	return l, nil, fmt.Errorf("%s does not list it", name)
}

// unknownFields returns the fields of a layer's record that are not in LayerFields.
func unknownFields(record []byte) (names []string) {
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(record, &fields) // it is an object
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if !slices.Contains(LayerFields, name) {
			names = append(names, name)
		}
	}
	return names
}

// MountPoints returns the mount points of the layers that containers/storage counts as mounted.
func MountPoints(run chain.RunRoot) (paths []string, err error) {
	var list []struct {
		Path  string `json:"path"`
		Count int    `json:"count"`
	}
	err = readJSON(run.Mounts(), &list)
	for _, m := range list {
		if m.Count > 0 {
			paths = append(paths, m.Path)
		}
	}
	return paths, err
}
