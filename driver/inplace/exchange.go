//go:build linux

package inplace

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/containers/storage/pkg/lockfile"
	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// exchange exchanges the converted layer with the layer, under the lock of the layers. No other process
// mounts, reads or removes layers meanwhile.
func (c *Converter) exchange(s *staged) error {
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
	return c.swap(s)
}

// swap prepares the layers above and exchanges the directories of the layer and of the staged one. The
// caller holds the lock of the layers.
func (c *Converter) swap(s *staged) error {
	l := s.layer
	if err := c.prepareAbove(l); err != nil {
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
		lock, err := lockfile.GetLockFile(filepath.Join(s.LayersDir(), "layers.lock"))
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
func (c *Converter) prepareAbove(l chain.Layer) error {
	for _, s := range c.stores.Writable() {
		ids, err := files.Names(s.Home)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := c.dropImages(chain.Layer{ID: id, Store: s}, l); err != nil {
				return err
			}
		}
	}
	return c.markContainers(l)
}

// dropImages removes the links to merged images of l and of a layer above it. The conversion changes
// the segment of that layer. Stock composefs also has other metadata for the root and for implied
// directories than the layer's tar.
func (c *Converter) dropImages(above, l chain.Layer) error {
	for _, name := range []string{above.SegmentPath(), above.MergedPath()} {
		_, err := os.Lstat(name)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ENOTDIR) { // a file among the layers
			continue
		}
		if err != nil {
			return err
		}
		below, err := c.isBelow(l, above.ID)
		if err == nil && below {
			err = os.Remove(name)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
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
