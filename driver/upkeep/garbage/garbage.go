// Package garbage collects from the pools of a store what no layer has any more. The
// driver does that itself after each removal; this is for what it could not know of or
// had no time for: layers that other tools have removed, and what kills have left.
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

// Pool is what was found in the pool of a store.
type Pool struct {
	Store chain.Store
	objects.Collected
	Busy bool // somebody uses the pool: what is staged there was not counted
}

// Survey says what [Collect] would remove, and writes nothing. A store without a pool has
// no garbage.
func Survey(ctx context.Context, stores *chain.Stores) (list []Pool, err error) {
	for _, s := range stores.Writable() {
		p := Pool{Store: s}
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

// Collect removes the garbage of all pools of the stores that may be written to. A pool
// that somebody uses stays as it is, and is listed as busy; that is no error.
func Collect(ctx context.Context, stores *chain.Stores) (list []Pool, err error) {
	for _, s := range stores.Writable() {
		p := Pool{Store: s}
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
		if err := images.New(s, objects.SealNever).Prune(stores.Has); err != nil {
			return c, err
		}
	}
	return pool.Collect(ctx, s)
}
