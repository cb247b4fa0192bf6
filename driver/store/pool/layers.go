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

// A pool has an entry for each layer that may have objects. An entry without a layer shows that stock
// containers/storage removed the layer, or that a removal was killed: nobody has collected its
// objects. Link counts, not entries, decide which objects are garbage.

// Enter notes that a layer may have objects. It does not sync: an entry that a crash loses costs disk
// space only.
func Enter(l chain.Layer) error {
	name := filepath.Join(l.Store.PoolLayers(), l.ID)
	err := os.WriteFile(name, nil, 0o600)
	if errors.Is(err, fs.ErrNotExist) {
		err = files.WithCleanup(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, nil, 0o600))
	}
	return err
}

// Leave removes the entries of layers whose objects are collected.
func Leave(s chain.Store, ids ...string) error {
	for _, id := range ids {
		if err := os.Remove(filepath.Join(s.PoolLayers(), id)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Tidy collects garbage if there are traces of it: entries of missing layers, and those of
// [TidyLeftovers]. Only entries of missing layers make it look at all objects, because no record
// lists the objects of these layers. It does nothing while another process uses the pool. It takes the lock of
// the pool, exclusive, if that is free.
func Tidy(ctx context.Context, s chain.Store) error {
	gone, err := gone(s)
	if err != nil {
		return err
	}
	if len(gone) == 0 {
		return TidyLeftovers(ctx, s)
	}
	_, err = collect(ctx, s, gone)
	return unlessBusy(err)
}

// TidyLeftovers collects the garbage that notes and staged layers show. While another process uses the
// pool, whose layers are among the traces, it does nothing. Without traces it costs a few system calls.
// It takes the lock of the pool, exclusive, if that is free.
func TidyLeftovers(ctx context.Context, s chain.Store) error {
	if !objects.Untidy(s.Pool()) {
		return nil
	}
	p, err := Open(s, objects.SealNever)
	if err != nil {
		return unlessBusy(err)
	}
	defer p.Close() //nolint:errcheck // nothing is written
	_, err = p.Tidy(ctx)
	return unlessBusy(err)
}

func unlessBusy(err error) error {
	if errors.Is(err, ErrApart) || errors.Is(err, objects.ErrBusy) {
		return nil
	}
	return err
}

// Collect collects all garbage of a store's pool and returns its amount. It takes the lock of the
// pool, exclusive; the error wraps [objects.ErrBusy] if another process uses the pool.
func Collect(ctx context.Context, s chain.Store) (c objects.Collected, err error) {
	gone, err := gone(s)
	if err != nil {
		return c, err
	}
	return collect(ctx, s, gone)
}

// collect is Collect for a known list of missing layers.
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

// gone returns the IDs of entries without a layer. It compares two directories, because a stat of each
// layer would take most of the time of a small command.
func gone(s chain.Store) (ids []string, err error) {
	noted, err := files.Names(s.PoolLayers())
	if err != nil || len(noted) == 0 {
		return nil, files.IgnoreMissing(err)
	}
	layers, err := files.Names(s.Home)
	if err != nil {
		return nil, err
	}
	here := make(map[string]bool, len(layers))
	for _, id := range layers {
		here[id] = true
	}
	for _, id := range noted {
		if !here[id] {
			ids = append(ids, id)
		}
	}
	return ids, nil
}
