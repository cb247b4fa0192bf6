package fsck

import (
	"context"
	"os"
	"path/filepath"
	"slices"

	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
)

// fromStores repairs an object from a good file of a store. It returns the text of the repair, or "".
func (r *repairer) fromStores(o *repairedPool, f *Finding) string {
	for _, s := range r.sourceStores(f.pool.store) {
		for _, path := range candidates(s, f.Object) {
			if slices.Contains(f.Paths, path) {
				continue
			}
			from := path
			if s.Home == f.pool.store.Home {
				from = o.Path(path) // a path from which link works
			}
			in, err := openFile(from)
			if err != nil {
				continue
			}
			if s.Home == f.pool.store.Home {
				err = o.repair.Link(f.fault.digest, in, o.names(f.Paths))
			} else {
				err = o.repair.Write(f.fault.digest, in, o.names(f.Paths))
			}
			_ = in.Close() // open for reading
			if err == nil {
				return "from " + path
			}
		}
	}
	if in := r.swapped[f.fault.digest]; in != nil && o.repair.Write(f.fault.digest, in, o.names(f.Paths)) == nil {
		return "from " + in.Name() + ", which had another name"
	}
	return ""
}

// sourceStores returns the stores in which a good copy may be, the damaged one first.
func (r *repairer) sourceStores(damaged chain.Store) []chain.Store {
	all := []chain.Store{damaged}
	for _, s := range slices.Concat(r.Stores.Writable(), r.Stores.Additional) {
		if s.Home != damaged.Home {
			all = append(all, s)
		}
	}
	for _, dir := range r.from.Stores {
		all = append(all, rootStore(dir))
	}
	return all
}

// candidates returns the files of a store that have an object's name.
func candidates(s chain.Store, name string) (paths []string) {
	places := []string{s.PoolObjects()}
	entries, _ := os.ReadDir(s.Home) // a missing store has none
	for _, e := range entries {
		places = append(places, chain.Layer{ID: e.Name(), Store: s}.Diff())
	}
	for _, dir := range places {
		if path := filepath.Join(dir, name); exists(path) {
			paths = append(paths, path)
		}
	}
	return paths
}

// imagesOf returns the merged image of the top segment of a chain, and makes a missing one.
func (r *repairer) imagesOf(ctx context.Context, c chain.Chain) (images.Merged, error) {
	return images.New(r.Stores.Primary, r.from.Sealing).EnsureMerged(ctx, c.Segments()[0])
}
