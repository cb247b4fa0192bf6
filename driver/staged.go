//go:build linux

package driver

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
	"github.com/composefs-storage/composefs-storage/driver/store/pool"
)

// staged is a layer that has been converted and has no place yet.
type staged struct {
	store     chain.Store
	pool      *pool.Pool
	batch     *objects.Batch
	image     *os.File // the layer image, without a name until it is complete
	target    string   // where it is staged, by which it is found again
	committed bool
}

// stagedLayers are those that wait, by their Target. They outlive the driver: podman
// may make a new one between the two calls.
var stagedLayers sync.Map // string to *staged

// stage begins a layer in the store that gets new layers.
func (d *Driver) stage() (*staged, error) {
	d.tidy()
	store := d.stores.NewLayers()
	p, err := pool.Open(store, d.sealing())
	if err != nil {
		return nil, err
	}
	s := &staged{store: store, pool: p}
	if err = s.begin(); err == nil {
		s.image, err = s.temporary("layer image")
	}
	if err != nil {
		return nil, p.Named(also(err, s.close()))
	}
	return s, nil
}

// temporary returns a file without a name, on the pool's file system. what it is for is
// what errors call it.
func (s *staged) temporary(what string) (*os.File, error) {
	dir := s.batch.Staged()
	fd, err := unix.Open(dir, unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: what, Err: err}
	}
	return os.NewFile(uintptr(fd), what), nil
}

// commit brings all on disk, the image too, but the layer's place: this is what takes
// its time. Digest is the image's.
func (s *staged) commit(digest verity.Digest) error {
	if err := s.batch.Commit(); err != nil {
		return err
	}
	s.committed = true
	return s.seal(digest)
}

// keep puts the layer aside and returns the Target by which it is found again.
func (s *staged) keep() string {
	stagedLayers.Store(s.target, s)
	return s.target
}

// takeStaged returns what was put aside, nil if it is gone or was not ours.
func takeStaged(target string) *staged {
	s, ok := stagedLayers.LoadAndDelete(target)
	if !ok {
		return nil
	}
	return s.(*staged)
}

// place makes it the content of the layer, which has none. It syncs what names it, so that
// a layer that the store takes for complete is that after a power cut.
func (s *staged) place(l chain.Layer) (err error) {
	if err := enterBegun(); err != nil {
		return err
	}
	defer begun.RUnlock()
	if err := s.likeRoot(l); err != nil {
		return err
	}
	if err := pool.Enter(l); err != nil {
		return err
	}
	image := s.imageName()
	defer func() {
		if err != nil {
			err = also(err, ignoreMissing(os.Remove(image)))
		}
	}()
	if err := s.batch.Place(s.pool.Path(l.Diff())); err != nil {
		return err
	}
	if err := os.Mkdir(l.DataDir(), 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	if err := os.Rename(image, s.pool.Path(l.Blob())); err != nil {
		return err
	}
	return syncPlace(l)
}

// syncPlace brings on disk what makes a layer one of its chain. The stock driver has only
// written it: after a power cut "lower" would be there and empty, and the layer an image
// without those below; an empty "lower-layers" ends every mount by podman 6.
func syncPlace(l chain.Layer) error {
	for _, name := range append([]string{"link"}, chain.LowerFiles...) {
		if err := files.IgnoreMissing(files.Sync(filepath.Join(l.Dir(), name))); err != nil {
			return err
		}
	}
	return errors.Join(files.Sync(l.DataDir()), files.Sync(l.Dir()), files.IgnoreMissing(files.Sync(filepath.Join(l.Store.Home, "l"))))
}

// likeRoot gives the directory that becomes the layer's diff the owner and mode that it
// has to have: what the layer has for the root, or what the driver has given it.
func (s *staged) likeRoot(l chain.Layer) error {
	img, err := images.Read(s.image)
	if err != nil {
		return err
	}
	if given, err := setRoot(img, s.batch.Staged()); given || err != nil {
		return err
	}
	var st unix.Stat_t
	if err := unix.Stat(l.Diff(), &st); err != nil {
		return &os.PathError{Op: "stat", Path: l.Diff(), Err: err}
	}
	return files.SetOwner(s.batch.Staged(), st.Uid, st.Gid, st.Mode)
}

// close lets go of the layer. Unless it was placed, it is gone then, and what it has
// brought into the pool is collected.
func (s *staged) close() error {
	var list []error
	var leftover bool
	if s.batch != nil {
		leftover = s.committed && s.batch.Staged() != ""
		if leftover {
			list = append(list, files.IgnoreMissing(os.Remove(s.imageName())))
		}
		list = append(list, s.batch.Close())
		begun.layers.Delete(s)
	}
	if s.image != nil {
		list = append(list, s.image.Close())
	}
	if leftover {
		list = append(list, s.pool.NoteGarbage())
		if _, err := s.pool.Release(context.Background(), nil, nil); !errors.Is(err, objects.ErrBusy) {
			list = append(list, err)
		}
	}
	return s.pool.Named(errors.Join(append(list, s.pool.Close())...))
}
