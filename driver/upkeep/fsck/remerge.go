package fsck

import (
	"context"
	"fmt"
)

// remerge removes a damaged merged image and merges its layers again.
func (r *repairer) remerge(ctx context.Context, f *Finding) {
	o, err := r.open(f.pool)
	if err != nil {
		f.Remedy = err.Error()
		return
	}
	if f.Kind == MergedDifferent {
		// Nothing shows which of the two is right, so no source of contents helps.
		f.Remedy = anew(f)
		return
	}
	if err := o.repair.DropImage(f.merged.name, o.names(f.merged.links)); err != nil {
		f.Remedy = err.Error()
		return
	}
	f.Repaired = "it is removed; the next mount merges the layers again"
	if len(f.merged.segment.Layers) == 0 {
		f.Repaired = "it is removed; no layer has it"
		return
	}
	for _, id := range f.merged.layers {
		if err := r.mergeLayer(ctx, id); err != nil {
			f.Remedy = fmt.Sprintf("its layers cannot be merged now: %v", err)
			return
		}
	}
	f.Repaired = "its layers are merged again"
}

// mergeLayer merges the chain that ends with a layer.
func (r *repairer) mergeLayer(ctx context.Context, id string) error {
	c, err := r.Stores.Chain(id)
	if err != nil {
		return err
	}
	_, err = r.imagesOf(ctx, c)
	return err
}
