//go:build linux

package pool

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// A pool has an entry for each layer that may have objects, so that it is seen when one
// is gone whose objects nobody has collected: stock containers/storage has removed it,
// or whoever did was killed. What is garbage is not told by entries but by link counts.

// Enter notes that a layer may have objects. If a crash takes the entry, no more is lost
// than disk space.
func Enter(l chain.Layer) error {
	name := filepath.Join(l.Store.PoolLayers(), l.ID)
	err := os.WriteFile(name, nil, 0o600)
	if errors.Is(err, fs.ErrNotExist) {
		err = errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, nil, 0o600))
	}
	return err
}

// Leave notes that what layers had is collected.
func Leave(s chain.Store, ids ...string) error {
	for _, id := range ids {
		if err := os.Remove(filepath.Join(s.PoolLayers(), id)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Tidy collects the garbage of which there are traces: layers that are gone, layers that
// never got a place, notes of garbage. If somebody is using the pool, nothing is done:
// his layers are among the traces. It costs next to nothing if there are none.
func Tidy(ctx context.Context, s chain.Store) error {
	gone, err := gone(s)
	if err != nil {
		return err
	}
	if len(gone) == 0 && !objects.Untidy(s.Pool()) {
		return nil
	}
	_, err = collect(ctx, s, gone)
	if errors.Is(err, ErrApart) || errors.Is(err, objects.ErrBusy) {
		return nil
	}
	return err
}

// Collect collects all garbage of a store's pool, and returns how much that was. The error
// wraps [objects.ErrBusy] if somebody is using the pool.
func Collect(ctx context.Context, s chain.Store) (c objects.Collected, err error) {
	gone, err := gone(s)
	if err != nil {
		return c, err
	}
	return collect(ctx, s, gone)
}

// collect is Collect if it is known which layers with an entry are gone.
func collect(ctx context.Context, s chain.Store, gone []string) (c objects.Collected, err error) {
	p, err := Open(s, objects.SealNever)
	if err != nil {
		return c, err
	}
	defer p.Close() //nolint:errcheck // nothing is written
	if c, err = p.Collect(ctx, false); err != nil {
		return c, err
	}
	return c, Leave(s, gone...)
}

// gone returns the layers that have an entry and are not there any more.
func gone(s chain.Store) (ids []string, err error) {
	names, err := files.Names(s.PoolLayers())
	err = files.IgnoreMissing(err)
	for _, id := range names {
		if _, err := os.Lstat(filepath.Join(s.Home, id)); errors.Is(err, fs.ErrNotExist) {
			ids = append(ids, id)
		}
	}
	return ids, err
}
