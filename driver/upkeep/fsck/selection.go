package fsck

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"

	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/survey"
)

// selection finds the layers to check.
func (c *checker) selection(ctx context.Context) error {
	for _, image := range c.Images {
		c.report.Images++
		for _, id := range c.catalog.Chain(image.Layer) {
			if err := c.addLayer(ctx, id, true); err != nil {
				return err
			}
		}
	}
	if c.All {
		for _, s := range slices.Concat(c.Stores.Writable(), c.Stores.Additional) {
			entries, err := os.ReadDir(s.Home)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			for _, e := range entries {
				if !e.IsDir() {
					continue
				}
				_, err := os.Lstat(chain.Layer{ID: e.Name(), Store: s}.Diff())
				if err == nil {
					err = c.addLayer(ctx, e.Name(), false)
				}
				if err != nil && !errors.Is(err, fs.ErrNotExist) {
					return err
				}
			}
		}
	}
	slices.SortFunc(c.layers, func(a, b *layer) int { return compare(a.ID, b.ID) })
	return nil
}

// addLayer adds a layer. It skips plain layers without an image, because containers have such layers.
func (c *checker) addLayer(ctx context.Context, id string, ofImage bool) error {
	if c.byID[id] != nil {
		return nil
	}
	found, kind, err := survey.Find(c.Stores, id)
	if err != nil {
		found, kind = chain.Layer{ID: id, Store: found.Store, Composefs: true}, survey.Damaged
		if found.Store.Home == "" {
			return err
		}
	}
	if kind == survey.Plain && !ofImage {
		return nil
	}
	l := &layer{Layer: found, kind: kind}
	c.byID[id] = l
	switch kind {
	case survey.Missing:
		l.Store = c.Stores.Primary
		c.add(&Finding{Kind: LayerMissing, Severity: Damage, Store: root(l.Store), Layers: []string{id}, Detail: "no store has the layer"})
		return nil
	case survey.Plain:
		c.add(&Finding{Kind: NotChecked, Severity: Info, Store: root(l.Store), Layers: []string{id},
			Detail: "the layer is plain: there are no digests of its files"})
		return nil
	}
	l.pool = c.poolOf(ctx, l.Store)
	c.layers = append(c.layers, l)
	c.report.Layers++
	return nil
}
