//go:build linux

package inplace

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"

	"github.com/containers/storage/pkg/lockfile"
	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
)

// exchange exchanges the converted layer with the layer, under the lock of the layers. No other process
// mounts, reads or removes layers under it.
func (c *Converter) exchange(ctx context.Context, s *staged) error {
	unlock, err := c.lock()
	if err != nil {
		return err
	}
	defer unlock()
	l := s.layer
	info, err := os.Lstat(l.Dir())
	if err != nil {
		return err
	}
	now, err := c.stores.Find(l.ID)
	if err != nil {
		return err
	}
	if !os.SameFile(info, s.was) || now.Composefs != l.Composefs || !slices.Equal(now.Diffs, l.Diffs) {
		return errChanged
	}
	if err := c.inUse(l); err != nil {
		return err
	}
	return c.swap(ctx, s)
}

// swap prepares the layers above and exchanges the directories of the layer and of the staged one. The
// caller holds the lock of the layers.
func (c *Converter) swap(ctx context.Context, s *staged) error {
	l := s.layer
	if err := c.prepareAbove(ctx, l); err != nil {
		return err
	}
	err := unix.Renameat2(unix.AT_FDCWD, s.next.Dir(), unix.AT_FDCWD, s.pool.Path(l.Dir()), unix.RENAME_EXCHANGE)
	if err != nil {
		return &os.LinkError{Op: "exchange", Old: "staged layer", New: l.Dir(), Err: err}
	}
	s.done = true
	return errors.Join(files.Sync(l.Store.Home), files.Sync(s.next.Store.Home))
}

// lock takes the locks of the layers of the writable stores, in the order of containers/storage, whose
// writers take all of them. It does not need storage.lock, because every holder of that lock takes the
// locks of the layers before it uses layers.
func (c *Converter) lock() (unlock func(), err error) {
	var locks []*lockfile.LockFile
	for _, s := range c.stores.Writable() {
		lock, err := lockfile.GetLockFile(s.LayersLock())
		if err != nil {
			return nil, err
		}
		locks = append(locks, lock)
	}
	for _, l := range locks {
		l.Lock()
	}
	return func() {
		for _, l := range slices.Backward(locks) {
			l.Unlock()
		}
	}, nil
}

// prepareAbove prepares the layers above l for the conversion of l. If the conversion then fails, their
// next mount only takes longer.
//
// It removes the links to merged images of l and of these layers: the conversion changes their segments.
// Stock composefs also has other metadata for the root and for implied directories than the layer's tar.
func (c *Converter) prepareAbove(ctx context.Context, l chain.Layer) error {
	var all []chain.Layer
	for _, s := range c.stores.Writable() {
		ids, err := files.Names(s.Home)
		if err != nil {
			return err
		}
		for _, id := range ids {
			above := chain.Layer{ID: id, Store: s}
			merged, err := hasMerged(above)
			if merged && err == nil {
				merged, err = c.isBelow(l, id)
			}
			if err != nil {
				return err
			}
			if merged {
				all = append(all, above)
			}
		}
	}
	if err := images.Drop(ctx, all...); err != nil {
		return err
	}
	return c.markContainers(l)
}

// hasMerged reports whether a layer has links to merged images. It is false for a file among the layers.
func hasMerged(l chain.Layer) (bool, error) {
	for _, name := range l.ImageLinks() {
		switch _, err := os.Lstat(name); {
		case err == nil:
			return true, nil
		case !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, unix.ENOTDIR):
			return false, err
		}
	}
	return false, nil
}

// isBelow reports whether the layer with an ID is l or has l in its chain. It returns false for a
// missing layer, and an error if the chain cannot be read.
func (c *Converter) isBelow(l chain.Layer, id string) (bool, error) {
	above, err := c.stores.Chain(id)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return slices.ContainsFunc(above, func(b chain.Layer) bool { return b.ID == l.ID }), err
}
