package main

import (
	"context"
	"fmt"

	"github.com/composefs-storage/composefs-storage/config"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mounthelper"
	"github.com/composefs-storage/composefs-storage/driver/message"
	"github.com/composefs-storage/composefs-storage/driver/settings"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
)

// imagePath returns the file of the merged image of a container image in the configured store, the
// directories with its objects and, with verity = "require" in composefs.conf, its digest. It merges
// the layers if the store has no merged image, which writes to the store.
func imagePath(ctx context.Context, name string) (merged mounthelper.Source, err error) {
	st, img, err := mergedImageOf(ctx, name)
	if err != nil {
		return merged, err
	}
	merged.Image, merged.Basedirs = img.Path, img.Data
	if st.conf.Verity == config.VerityRequire {
		digest, err := img.Digest(ctx)
		if err != nil {
			return merged, err
		}
		merged.Digest = &digest
	}
	return merged, nil
}

// mergedImageOf returns the merged image of a container image in the configured store, and merges the
// layers if the store has none.
func mergedImageOf(ctx context.Context, name string) (st *store, merged images.Merged, err error) {
	st = &store{}
	if err := st.load(); err != nil {
		return st, merged, err
	}
	image, _, err := st.find(name)
	if err != nil {
		return st, merged, err
	}
	if image.Layer == "" {
		return st, merged, fmt.Errorf("image %s has no layers", shortID(image.ID))
	}
	c, err := st.stores.Chain(image.Layer)
	if err != nil {
		return st, merged, st.hint(err)
	}
	segments := c.Segments()
	for _, s := range segments {
		if !s.Composefs() {
			return st, merged, withHint(fmt.Errorf("image %s: layer %s is not composefs", shortID(image.ID), shortID(s.Top().ID)),
				`"podman image mount %[1]s" mounts it; "composefs-storage inspect %[1]s" lists its layers`, message.Word(name))
		}
	}
	merged, err = images.New(st.stores.Primary, settings.Sealing(st.conf)).EnsureMerged(ctx, segments[0])
	return st, merged, st.hint(err)
}

// shortID returns an ID as podman abbreviates it.
func shortID(id string) string { return id[:min(12, len(id))] }
