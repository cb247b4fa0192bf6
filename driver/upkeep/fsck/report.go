package fsck

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"slices"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/driver/store/catalog"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
)

// reportFindings makes the report: the findings that are still true, with the images that they concern.
func (c *checker) reportFindings(ctx context.Context) error {
	now, err := catalog.Read(c.Stores)
	if err != nil {
		return err
	}
	gone := func(id string) bool {
		_, was := c.catalog.Layer(id)
		l, is := now.Layer(id)
		return was && (!is || l.Incomplete)
	}
	for _, f := range c.findings {
		if f.Kind != LayerGone && len(f.Layers) > 0 && !slices.ContainsFunc(f.Layers, func(id string) bool { return !gone(id) }) {
			continue
		}
		c.report.Findings = append(c.report.Findings, f)
	}
	if len(c.faults) > 0 {
		if err := c.reportFaults(ctx, gone); err != nil {
			return err
		}
	}
	c.addUses(ctx)
	slices.SortFunc(c.report.Findings, func(a, b *Finding) int {
		return cmp.Or(compare(rank(a), rank(b)), compare(a.Kind, b.Kind), compare(a.Store, b.Store), compare(a.Object, b.Object),
			slices.Compare(a.Layers, b.Layers), slices.Compare(a.Paths, b.Paths), compare(a.Detail, b.Detail))
	})
	return nil
}

// rank returns the rank of a severity.
func rank(f *Finding) int { return slices.Index([]Severity{Damage, Warning, Info}, f.Severity) }

// reportFaults adds a finding for each fault.
func (c *checker) reportFaults(ctx context.Context, gone func(id string) bool) error {
	all, err := c.storeLayers(ctx)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(l *layer) bool { return gone(l.ID) })
	named := map[*layer]map[string]bool{}
	for _, l := range all {
		named[l] = c.namesOf(l)
	}
	waiting := c.waiting()
	keys := slices.SortedFunc(maps.Keys(c.faults), func(a, b faultKey) int {
		return cmp.Or(compare(a.home, b.home), compare(a.name, b.name))
	})
	for _, key := range keys {
		x := c.faults[key]
		x.locate(all, func(l *layer, name string) bool { return named[l][name] })
		if len(x.paths) == 0 {
			continue // removed since
		}
		f := &Finding{Kind: ObjectDamaged, Severity: Damage, Store: root(x.pool.store), Object: x.name, Layers: x.layers, Paths: x.paths,
			Detail: x.why(), pool: x.pool, fault: x}
		if x.missing == len(x.paths) {
			f.Kind, f.Detail = ObjectMissing, "it is missing"
		}
		if waiting[key] {
			f.Detail += "; the next layer that brings it repairs it"
		}
		c.report.Findings = append(c.report.Findings, f)
	}
	return nil
}

// waiting returns the contents that earlier repairs have removed from their pools.
func (c *checker) waiting() map[faultKey]bool {
	all := map[faultKey]bool{}
	for home, p := range c.pools {
		if p.reader == nil {
			continue
		}
		digests, _ := p.reader.Damaged() // there need not be any
		for _, d := range digests {
			all[faultKey{home, objects.Path(d)}] = true
		}
	}
	return all
}

// storeLayers returns all composefs layers of all stores, checked or not.
func (c *checker) storeLayers(ctx context.Context) ([]*layer, error) {
	all := &checker{Options: c.Options, byID: map[string]*layer{}, pools: c.pools}
	all.All, all.Images = true, nil
	if err := all.selection(ctx); err != nil {
		return nil, err
	}
	for i, l := range all.layers {
		if known := c.byID[l.ID]; known != nil && known.pool != nil {
			all.layers[i] = known
		}
	}
	return all.layers, nil
}

// namesOf returns the faulty contents that a layer's image names. It returns none for an unreadable
// image.
func (c *checker) namesOf(l *layer) map[string]bool {
	named := map[string]bool{}
	f, img, err := images.Open(l.ImagePath())
	if err != nil {
		return named
	}
	defer f.Close() //nolint:errcheck // open for reading
	_ = img.Walk(func(_ string, _ uint64, n *tree.Inode) error {
		if name := payload(n); name != "" {
			if _, ok := c.faults[faultKey{l.Store.Home, name}]; ok {
				named[name] = true
			}
		}
		return nil
	})
	return named
}

// payload returns the name of a file's object, "" if it has none.
func payload(n *tree.Inode) string {
	if n.Type() != tree.TypeRegular || n.Size == 0 || n.Digest.IsZero() && n.Payload == "" {
		return ""
	}
	return backingName(n).String()
}

// exists reports whether a file exists. It returns true after errors other than ENOENT.
func exists(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}
