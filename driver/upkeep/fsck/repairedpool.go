package fsck

import (
	"errors"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	poolroom "github.com/composefs-storage/composefs-storage/driver/store/pool"
)

// repairedPool is a pool that is open for being repaired.
type repairedPool struct {
	*poolroom.Pool
	repair *objects.Repair
}

// open opens a pool for repairing; nothing is collected in it until the end.
func (r *repairer) open(p *pool) (*repairedPool, error) {
	if o := r.pools[p]; o != nil {
		return o, nil
	}
	if p.store.ReadOnly {
		return nil, errors.New("the store is only read; repair it where it is written")
	}
	opened, err := poolroom.Open(p.store, r.from.Sealing)
	if err != nil {
		return nil, err
	}
	repair, err := opened.BeginRepair()
	if err != nil {
		return nil, errors.Join(err, opened.Close())
	}
	r.pools[p] = &repairedPool{opened, repair}
	return r.pools[p], nil
}

// names returns by which paths a content's files are called within the pool.
func (o *repairedPool) names(paths []string) (names []string) {
	for _, path := range paths {
		names = append(names, o.Path(path))
	}
	return names
}
