package fsck

import (
	"context"
	"fmt"
	"slices"

	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/survey"
	"github.com/composefs-storage/composefs-storage/driver/upkeep/origin"
)

// damagedImages returns the findings about layer images.
func (r *repairer) damagedImages() (all []*Finding) {
	for _, f := range r.report.Findings {
		if f.Kind == ImageDamaged && r.byID[f.Layers[0]] != nil && r.byID[f.Layers[0]].kind != survey.Stock {
			all = append(all, f)
		}
	}
	return all
}

// fromImages repairs findings from the layers of other images. Digests identify contents, and a diffID
// identifies the layer of a damaged layer image.
func (r *repairer) fromImages(ctx context.Context, left, images []*Finding) {
	k := &keeper{repairer: r, wanted: map[verity.Digest]*Finding{}, sizes: map[int64]bool{}, algorithm: verity.SHA256}
	for _, f := range left {
		k.wanted[f.fault.digest] = f
		k.algorithm = f.fault.digest.Algorithm()
		if f.fault.size < 0 {
			k.any = true
		}
		k.sizes[f.fault.size] = true
	}
	for _, name := range r.from.Images {
		if err := r.fromImage(ctx, name, k, images); err != nil && ctx.Err() == nil {
			r.report.Findings = append(r.report.Findings, &Finding{Kind: NotChecked, Severity: Warning, Detail: fmt.Sprintf("--from %s: %v", name, err)})
		}
	}
}

func (r *repairer) fromImage(ctx context.Context, name string, k *keeper, images []*Finding) error {
	if k.done() && !slices.ContainsFunc(images, func(f *Finding) bool { return f.Repaired == "" }) {
		return nil
	}
	o, err := origin.Open(ctx, name)
	if err != nil {
		return err
	}
	defer o.Close() //nolint:errcheck // open for reading
	k.name = name
	for _, l := range o.Layers {
		for _, f := range images {
			if f.Repaired == "" && r.mayBe(l, f.Layers[0]) {
				if err := r.rebuild(ctx, l, f, name); err != nil {
					f.Remedy = fmt.Sprintf("from %s: %v", name, err)
				}
			}
		}
	}
	// Layers with wanted contents come first: it may be unnecessary to read the others.
	for _, concerned := range []bool{true, false} {
		for _, l := range o.Layers {
			if k.done() {
				return nil
			}
			if k.concerns(l) == concerned {
				if err := k.read(ctx, l); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// mayBe reports whether a layer of an origin may be the layer with that ID. The diffID of a lone tar is
// unknown before it is read.
func (r *repairer) mayBe(l origin.Layer, id string) bool {
	known, ok := r.catalog.Layer(id)
	if !ok {
		return false
	}
	if l.DiffID == "" && l.Digest == "" {
		return known.DiffID != ""
	}
	return l.DiffID != "" && l.DiffID == known.DiffID
}
