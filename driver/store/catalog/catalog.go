package catalog

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"

	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// Image is a container image in a store.
type Image struct {
	ID    string   // 64 hex digits
	Names []string // with registry and tag or digest, as in docker.io/library/busybox:latest

	// Digests are the digests of the image's manifests, each with the prefix "sha256:".
	Digests []string

	// Layer is the ID of the top layer, "" for an image without layers, such as a manifest list.
	Layer string

	// Mapped are the IDs of copies of the top layer with the owners of a user namespace, for kernels
	// without idmapped mounts.
	Mapped []string

	Store chain.Store // the store that lists the image
}

// Catalog is a snapshot of the records of stores. It is safe for concurrent use.
type Catalog struct {
	images []Image
	layers map[string]Layer // by ID
}

// Layer is the record of a layer.
type Layer struct {
	ID     string
	Parent string // the ID of the layer below, or ""

	// DiffID and Digest (the blob digest) have the prefix "sha256:". They are "" if they are unknown.
	DiffID, Digest string

	Size int64 // of the tar in bytes, 0 if it is unknown

	// Incomplete reports that the layer is being created or removed, or that this was interrupted.
	Incomplete bool

	// Mapped reports that the owners are those of a user namespace instead of those of the tar.
	Mapped bool
}

// Read reads the records of the stores. A store without files has no images. If several stores have
// an image, the first one counts, as in containers/storage.
func Read(stores *chain.Stores) (*Catalog, error) {
	c := &Catalog{layers: map[string]Layer{}}
	seen := map[string]bool{}
	for _, s := range slices.Concat(stores.Writable(), stores.Additional) {
		if err := c.readImages(s, seen); err != nil {
			return nil, err
		}
		if err := c.readLayers(s); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *Catalog) readImages(s chain.Store, seen map[string]bool) error {
	var list []struct {
		ID      string            `json:"id"`
		Digest  string            `json:"digest"`
		Names   []string          `json:"names"`
		Layer   string            `json:"layer"`
		Mapped  []string          `json:"mapped-layers"`
		Digests map[string]string `json:"big-data-digests"`
	}
	if err := readJSON(s.ImageRecords(), &list); err != nil {
		return err
	}
	for _, e := range list {
		if seen[e.ID] {
			continue
		}
		seen[e.ID] = true
		image := Image{ID: e.ID, Names: e.Names, Layer: e.Layer, Mapped: e.Mapped, Store: s}
		if e.Digest != "" {
			image.Digests = append(image.Digests, e.Digest)
		}
		for _, name := range slices.Sorted(maps.Keys(e.Digests)) {
			if d := e.Digests[name]; isManifest(name) && !slices.Contains(image.Digests, d) {
				image.Digests = append(image.Digests, d)
			}
		}
		c.images = append(c.images, image)
	}
	return nil
}

func (c *Catalog) readLayers(s chain.Store) error {
	var list []layerRecord
	if err := readJSON(s.LayerRecords(), &list); err != nil {
		return err
	}
	for _, r := range list {
		if _, ok := c.layers[r.ID]; !ok {
			c.layers[r.ID] = r.layer()
		}
	}
	return nil
}

// Layer returns the record of a layer; ok is false if no store lists it.
func (c *Catalog) Layer(id string) (l Layer, ok bool) {
	l, ok = c.layers[id]
	return l, ok
}

// Layers returns the layers that the stores list, in the order of their IDs.
func (c *Catalog) Layers() (list []Layer) {
	for _, id := range slices.Sorted(maps.Keys(c.layers)) {
		list = append(list, c.layers[id])
	}
	return list
}

// readJSON reads a file of containers/storage into v. A missing file leaves v unchanged.
func readJSON(name string, v any) error {
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		if err = json.Unmarshal(data, v); err != nil {
			err = fmt.Errorf("%s: %w", name, err)
		}
	}
	return err
}

// Images returns the images in the order of the stores.
func (c *Catalog) Images() []Image { return c.images }

// Over returns the images that have the layer as their top layer, or as a copy of it.
func (c *Catalog) Over(layer string) (list []Image) {
	for _, i := range c.images {
		if i.Layer == layer || slices.Contains(i.Mapped, layer) {
			list = append(list, i)
		}
	}
	return list
}

// Own returns the layers of an image that no other image has, top first. The removal of the image removes
// these, once no container uses it.
func (c *Catalog) Own(image Image) []string {
	others := map[string]bool{}
	for _, i := range c.images {
		if i.ID == image.ID {
			continue
		}
		for _, top := range append([]string{i.Layer}, i.Mapped...) {
			for _, id := range c.Chain(top) {
				others[id] = true
			}
		}
	}
	return slices.DeleteFunc(c.Chain(image.Layer), func(id string) bool { return others[id] })
}

// Chain returns the IDs of a layer and the layers below it, top first. It ends with a layer that no
// store lists, because the layers below that one are unknown.
func (c *Catalog) Chain(layer string) []string {
	var list []string
	for layer != "" && !slices.Contains(list, layer) {
		list = append(list, layer)
		layer = c.layers[layer].Parent
	}
	return list
}
