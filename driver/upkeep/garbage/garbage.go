package garbage

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
	"github.com/composefs-storage/composefs-storage/driver/store/pool"
)

// Found is the garbage of a pool.
type Found struct {
	Store chain.Store
	objects.Collected
	Busy bool // another process uses the pool: staged files are not counted
}

// Survey returns the garbage that [Collect] would remove. It writes nothing. A store without a pool has
// no garbage.
func Survey(ctx context.Context, stores *chain.Stores) (list []Found, err error) {
	for _, s := range stores.Writable() {
		p := Found{Store: s}
		if p.Collected, p.Busy, err = survey(ctx, stores, s); err != nil {
			return list, err
		}
		list = append(list, p)
	}
	return list, nil
}

func survey(ctx context.Context, stores *chain.Stores, s chain.Store) (c objects.Collected, busy bool, err error) {
	p, err := objects.OpenReadOnly(s.Pool())
	if errors.Is(err, fs.ErrNotExist) {
		return c, false, nil
	}
	if err != nil {
		return c, false, err
	}
	defer p.Close() //nolint:errcheck // open for reading
	var stale []string
	if s == stores.Primary {
		if stale, err = images.New(s, objects.SealNever).Stale(stores.Has); err != nil {
			return c, false, err
		}
	}
	return p.Garbage(ctx, stale...)
}

// Collect removes the garbage of the pools of all writable stores. It takes the lock of each pool,
// exclusive. A pool that another process uses stays unchanged and is listed as busy; this is no error.
func Collect(ctx context.Context, stores *chain.Stores) (list []Found, err error) {
	for _, s := range stores.Writable() {
		p := Found{Store: s}
		p.Collected, err = collect(ctx, stores, s)
		if p.Busy = errors.Is(err, objects.ErrBusy); err != nil && !p.Busy {
			return list, err
		}
		list = append(list, p)
	}
	return list, nil
}

func collect(ctx context.Context, stores *chain.Stores, s chain.Store) (c objects.Collected, err error) {
	if _, err := os.Stat(s.Pool()); errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if s == stores.Primary {
		if _, err := images.New(s, objects.SealNever).Prune(stores.Has); err != nil {
			return c, err
		}
	}
	return pool.Collect(ctx, s)
}
