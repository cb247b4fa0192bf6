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

// exchange puts the converted layer into the layer's place. Under the lock nobody mounts,
// reads or removes layers.
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

// swap exchanges the directories of the layer and of what is staged, when the layers above
// are ready for it.
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

// lock takes the locks of the stores' layers, in the order of containers/storage, for
// which a writer has both. That of the whole store is not needed: whoever has it and
// wants to do something with layers takes these too.
func (c *Converter) lock() (unlock func(), err error) {
	var locks []*lockfile.LockFile
	for _, s := range c.stores.Writable() {
		lock, err := lockfile.GetLockFile(filepath.Join(layersDir(s), "layers.lock"))
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

// prepareAbove prepares layers above for what is below to become composefs. If that does
// not happen after all, they only have more to do when they are mounted next.
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

// dropImages removes the images that were merged for a layer above l, or l itself. A segment
// may be longer then, and must not be found as it is; and what stock composefs says of the
// root and of implied directories is not what the layer's tar does.
func (c *Converter) dropImages(above, l chain.Layer) error {
	for _, name := range []string{above.Segment(), above.Merged()} {
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

// isBelow reports whether a layer is in the chain of another one, or that itself. It is not
// in that of a layer that does not exist; of any other error the caller cannot know.
func (c *Converter) isBelow(l chain.Layer, id string) (bool, error) {
	above, err := c.stores.Chain(id)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return slices.ContainsFunc(above, func(b chain.Layer) bool { return b.ID == l.ID }), err
}
