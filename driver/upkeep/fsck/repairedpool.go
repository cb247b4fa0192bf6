package fsck

import (
	"errors"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	storepool "github.com/composefs-storage/composefs-storage/driver/store/pool"
)

// repairedPool is a pool that is open for a repair.
type repairedPool struct {
	*storepool.Pool
	repair *objects.Repair
}

// open opens a pool for a repair and takes its lock, shared, until the end of the repair.
func (r *repairer) open(p *poolCheck) (*repairedPool, error) {
	if o := r.pools[p]; o != nil {
		return o, nil
	}
	if p.store.ReadOnly {
		return nil, errors.New("the store is only read; repair it where it is written")
	}
	opened, err := storepool.Open(p.store, r.from.Sealing)
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

// names returns the paths of a content's files in the detached mount of the pool.
func (o *repairedPool) names(paths []string) (names []string) {
	for _, path := range paths {
		names = append(names, o.Path(path))
	}
	return names
}
