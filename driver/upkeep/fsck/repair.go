package fsck

import (
	"context"
	"errors"
	"os"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// Sources are further places with good copies, besides the checked stores.
type Sources struct {
	Stores []string // roots of other stores
	Images []string // names for [origin.Open], read in order and only if needed

	// Sealing is the sealing of repaired files.
	Sealing objects.Sealing
}

// Repair checks stores and repairs findings. It uses the first good copy of a content: in the store
// itself, in another store, or in a layer of the images. It removes a content without a good copy from
// the pool, and the next pull restores it. The findings contain the repairs and the remaining steps.
// Repair takes the lock of each repaired pool, shared.
func Repair(ctx context.Context, opts Options, from Sources) (*Report, error) {
	c, err := newChecker(opts)
	if err != nil {
		return nil, err
	}
	defer c.close()
	if err := c.check(ctx); err != nil {
		return nil, err
	}
	r := &repairer{checker: c, from: from, pools: map[*poolCheck]*repairedPool{}, swapped: map[verity.Digest]*os.File{}}
	err = r.repair(ctx)
	return &c.report, errors.Join(err, r.close())
}

// repairer is a running repair.
type repairer struct {
	*checker
	from  Sources
	pools map[*poolCheck]*repairedPool

	swapped map[verity.Digest]*os.File // good copies under wrong names, which a repair removes
}

func (r *repairer) close() (err error) {
	for _, f := range r.swapped {
		_ = f.Close() // open for reading
	}
	for _, o := range r.pools {
		err = errors.Join(err, o.repair.Close(), o.Close())
	}
	return err
}

func (r *repairer) repair(ctx context.Context) error {
	r.openSwapped()
	var left []*Finding // objects without a copy here
	for _, f := range r.report.Findings {
		if f.fault == nil {
			continue
		}
		o, err := r.open(f.pool)
		if err != nil {
			f.Remedy = err.Error()
			continue
		}
		if f.fault.digest == (verity.Digest{}) {
			f.Remedy = r.again(f)
			continue
		}
		if f.Repaired = r.fromStores(o, f); f.Repaired == "" {
			left = append(left, f)
		}
	}
	images := r.damagedImages()
	if len(left)+len(images) > 0 {
		r.fromImages(ctx, left, images)
	}
	for _, f := range left {
		if f.Repaired == "" {
			r.forget(f)
		}
	}
	for _, f := range r.report.Findings {
		switch {
		case f.Kind == ChainDifferent:
			r.rechain(ctx, f)
		case f.Kind == LayerMissing:
			f.Remedy = anew(f)
		case f.merged != nil:
			r.remerge(ctx, f)
		case f.Severity == Damage && f.Repaired == "" && f.Remedy == "":
			f.Remedy = r.again(f)
		}
	}
	return ctx.Err()
}

// openSwapped opens the files with the content of another faulty object.
func (r *repairer) openSwapped() {
	for _, f := range r.report.Findings {
		if f.fault == nil || r.strays[f.fault.digest] == "" {
			continue
		}
		if in, err := openFile(r.strays[f.fault.digest]); err == nil {
			r.swapped[f.fault.digest] = in
		}
	}
}

// forget removes an object without a good copy.
func (r *repairer) forget(f *Finding) {
	o := r.pools[f.pool]
	var names []string
	pooled := f.pool.reader.ObjectPath(f.fault.digest)
	for _, path := range f.Paths {
		if path != pooled {
			names = append(names, o.Path(path))
		}
	}
	had := exists(pooled)
	if err := o.repair.Forget(f.fault.digest, names); err != nil {
		f.Remedy = err.Error()
		return
	}
	if len(f.Layers) == 0 {
		f.Repaired = "it is removed; no layer has it"
		return
	}
	f.Removed = had
	f.Remedy = r.again(f)
}

// rootStore returns the store with a root.
func rootStore(dir string) chain.Store { return chain.Store{Home: chain.Home(dir), ReadOnly: true} }
