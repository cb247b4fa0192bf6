package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/config"
	"github.com/composefs-storage/composefs-storage/driver/inplace"
	"github.com/composefs-storage/composefs-storage/driver/settings"
	"github.com/composefs-storage/composefs-storage/driver/store/catalog"
	"github.com/composefs-storage/composefs-storage/driver/store/survey"
	"github.com/composefs-storage/composefs-storage/driver/upkeep/garbage"
)

// toPlain makes the layers of the images plain, or those of the whole store if no names are
// given.
func (c *imageConverter) toPlain(ctx context.Context, names []string) error {
	if err := c.store.load(); err != nil {
		return err
	}
	conf := c.store.conf
	if conf.Verity == config.VerityRequire && !c.dryRun {
		return withHint(errors.New(`composefs.conf has verity = "require": podman would not mount plain layers`),
			"remove that line, then run the same command again")
	}
	layers, err := c.findPlain(names)
	if err != nil {
		return err
	}
	unix.Umask(0o022) // as podman, which unpacks layers with it
	c.layers = []convertedInPlace{}
	converter := inplace.New(&c.store.stores, conf.RunRoot, settings.Sealing(conf))
	failed := c.each(ctx, converter, layers, toPlain)
	if ctx.Err() != nil || c.dryRun {
		return errors.Join(failed, ctx.Err())
	}
	if err := converter.FillContainers(ctx); err != nil && failed == nil {
		failed = staysHint(err)
	}
	return errors.Join(failed, c.emptyPools(ctx, len(names) == 0))
}

// findPlain returns the IDs of the images' layers, and of their copies with other owners,
// those above first. A copy comes before its original, whose files it may show. Without names
// these are all images, and all composefs layers that belong to none.
func (c *imageConverter) findPlain(names []string) (layers []catalog.Layer, err error) {
	list, images, err := c.findImages(names)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, image := range images {
		for _, top := range append([]string{image.Layer}, image.Mapped...) {
			ids = append(ids, list.Chain(top)...)
		}
	}
	wanted := map[string]bool{}
	for _, id := range ids {
		wanted[id] = true
	}
	for _, l := range list.Layers() {
		_, kind, err := survey.Find(&c.store.stores, l.ID)
		if err != nil {
			return nil, err
		}
		if kind == survey.Plain {
			l.Size = 0 // nothing of it is read
		}
		if wanted[l.ID] || len(names) == 0 && kind != survey.Plain {
			layers = append(layers, l)
		}
	}
	height := func(l catalog.Layer) int {
		n := 2 * len(list.Chain(l.ID))
		if l.Mapped {
			n++
		}
		return n
	}
	slices.SortStableFunc(layers, func(a, b catalog.Layer) int { return height(b) - height(a) })
	return layers, nil
}

// plainLineOf returns the result of a layer that is plain now.
func (c *imageConverter) plainLineOf(r convertedInPlace) string {
	switch {
	case r.Kind == string(survey.Plain):
		return "plain already"
	case c.dryRun:
		return r.Kind + ", would become plain"
	}
	return fmt.Sprintf("%s, now plain: %s, %s", r.Kind, count(r.Files, "file"), humanSize(r.Bytes))
}

// emptyPools removes garbage from the pools. With all, a store without
// composefs layers counts as one without a pool again.
func (c *imageConverter) emptyPools(ctx context.Context, all bool) error {
	pools, err := garbage.Collect(ctx, &c.store.stores)
	if err != nil {
		return err
	}
	for _, p := range pools {
		if p.Busy {
			return withHint(fmt.Errorf("pool %s is in use, its garbage stays", p.Store.Pool()),
				`run the same command again when no image is being pulled, built or mounted`)
		}
	}
	if !all {
		return nil
	}
	retired, err := garbage.Retire(&c.store.stores)
	if err != nil {
		return err
	}
	if retired && settings.Decide(c.store.conf, &c.store.stores).Active() {
		fmt.Fprintf(c.err, "hint: composefs is still on, so new layers become composefs: set use_composefs = \"false\" in storage.conf, table [storage.options.overlay]\n")
	}
	return nil
}
