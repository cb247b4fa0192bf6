package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/composefs-storage/composefs-storage/driver/store/catalog"
	"github.com/composefs-storage/composefs-storage/driver/store/survey"
)

// addStores measures the stores' pools.
func (r *status) addStores(ctx context.Context, st *store) {
	for _, s := range slices.Concat(st.stores.Writable(), st.stores.Additional) {
		result := storeStatus{Root: rootOf(s), ReadOnly: s.ReadOnly}
		_, err := os.Stat(s.Home)
		result.Exists = err == nil
		pool, err := survey.PoolOf(ctx, s)
		switch {
		case err == nil:
			result.Pool = &poolStatus{s.Pool(), pool.Algorithm.String(), newAmount(pool.Objects), newAmount(pool.Images), pool.Saved}
		case !errors.Is(err, fs.ErrNotExist):
			r.Unknown = append(r.Unknown, oneLine(err))
		}
		r.Stores = append(r.Stores, result)
	}
}

// imageKinds and layerKinds are all that there are, in the order in which they are
// printed. An image without layers is a list of manifests or an artifact.
var (
	layerKinds = []survey.Kind{survey.Composefs, survey.Stock, survey.Plain, survey.Missing, survey.Damaged}
	imageKinds = []survey.Kind{survey.Composefs, survey.Stock, survey.Mixed, survey.Plain, survey.Damaged, noLayers}
)

const noLayers survey.Kind = "no layers"

// addImages counts images, and layers that are in an image.
func (r *status) addImages(st *store, c *catalog.Catalog) error {
	kinds := map[string]survey.Kind{}
	images, err := kindsOf(st, c, kinds)
	if err != nil {
		return err
	}
	r.Layers, r.Images = count0(layerKinds), count0(imageKinds)
	for _, k := range kinds {
		r.Layers[key(k)]++
	}
	for _, k := range images {
		r.Images[key(k)]++
	}
	for _, image := range c.Images() {
		if len(image.Names) == 0 {
			r.Unnamed++
		}
	}
	return nil
}

// kindsOf returns the kind of each image, and adds those of their layers by ID.
func kindsOf(st *store, c *catalog.Catalog, layers map[string]survey.Kind) (images []survey.Kind, err error) {
	for _, image := range c.Images() {
		chain := []survey.Kind{}
		for _, id := range c.Chain(image.Layer) {
			if _, ok := layers[id]; !ok {
				if _, layers[id], err = survey.Find(&st.stores, id); err != nil {
					return nil, err
				}
			}
			chain = append(chain, layers[id])
		}
		kind := survey.KindOf(chain)
		if kind == "" {
			kind = noLayers
		}
		images = append(images, kind)
	}
	return images, nil
}

func count0(kinds []survey.Kind) map[string]int {
	counts := map[string]int{}
	for _, k := range kinds {
		counts[key(k)] = 0
	}
	return counts
}

// key returns a kind as a key in JSON.
func key(k survey.Kind) string { return strings.ReplaceAll(string(k), " ", "_") }
