package main

import (
	"fmt"

	"github.com/composefs-storage/composefs-storage/driver/images"
)

// imagePath returns the file of the merged image of a container image in the configured
// store, and the directories with its objects. If it has not been merged yet that is
// done as the driver does it, which writes to the store and needs root.
func imagePath(name string) (merged string, data []string, err error) {
	st := &store{}
	if err := st.load(); err != nil {
		return "", nil, err
	}
	image, _, err := st.find(name)
	if err != nil {
		return "", nil, err
	}
	if image.Layer == "" {
		return "", nil, fmt.Errorf("image %s has no layers", shortID(image.ID))
	}
	c, err := st.stores.Chain(image.Layer)
	if err != nil {
		return "", nil, st.hint(err)
	}
	segments := c.Segments()
	for _, s := range segments {
		if !s.Composefs() {
			return "", nil, withHint(fmt.Errorf("image %s: layer %s is not composefs", shortID(image.ID), shortID(s.Top().ID)),
				`"podman image mount" mounts it; "composefs-storage inspect" tells more`)
		}
	}
	img, err := images.New(st.stores.Primary).Of(segments[0])
	return img.Path, img.Data, st.hint(err)
}

// shortID returns an ID as podman abbreviates it.
func shortID(id string) string { return id[:min(12, len(id))] }
