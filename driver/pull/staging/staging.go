//go:build linux

package staging

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/idmap"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
	"github.com/composefs-storage/composefs-storage/driver/store/pool"
)

// Layer is a layer without a place. One goroutine at a time uses it.
type Layer struct {
	store     chain.Store
	pool      *pool.Pool
	batch     *objects.Batch
	image     *os.File // the layer image, without a name until it is complete
	target    string   // the directory of the staged layer, by which the process finds it again
	committed bool
}

// waiting are the layers that were kept, by their targets. They outlive the driver, because
// podman may make a new one before it places them.
var waiting sync.Map // of *Layer by string

// Begin stages a new layer in a store. If the error is [pool.ErrApart] the store cannot have
// composefs layers. After an error nothing is staged.
func Begin(store chain.Store, sealing objects.Sealing) (*Layer, error) {
	p, err := pool.Open(store, sealing)
	if err != nil {
		return nil, err
	}
	l := &Layer{store: store, pool: p}
	if err = l.begin(); err == nil {
		l.image, err = l.Temporary("layer image")
	}
	if err != nil {
		return nil, l.Fail(err)
	}
	return l, nil
}

// Batch returns the batch that takes the contents of the layer.
func (l *Layer) Batch() *objects.Batch { return l.batch }

// Dir returns the directory of the layer's objects. Only this process sees that path.
func (l *Layer) Dir() string { return l.batch.Staged() }

// Image returns the file for the layer image. It is empty until the caller writes to it.
func (l *Layer) Image() io.Writer { return l.image }

// Temporary returns a file without a name on the file system of the pool. Errors call it what.
func (l *Layer) Temporary(what string) (*os.File, error) {
	fd, err := unix.Open(l.Dir(), unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: what, Err: err}
	}
	return os.NewFile(uintptr(fd), what), nil
}

// Commit makes the objects and the image durable and seals them. Only the place is missing
// then, which costs next to no time. image is the fs-verity digest of the image.
func (l *Layer) Commit(image verity.Digest) error {
	if err := l.batch.Commit(); err != nil {
		return err
	}
	l.committed = true
	return l.seal(image)
}

// Keep puts the layer aside and returns the target by which [Take] finds it.
func (l *Layer) Keep() string {
	waiting.Store(l.target, l)
	return l.target
}

// Take returns the layer with a target, once. It returns nil if this process has kept none.
func Take(target string) *Layer {
	l, ok := waiting.LoadAndDelete(target)
	if !ok {
		return nil
	}
	return l.(*Layer)
}

// Place makes the staged layer the content of a layer of the store that has none. The caller
// holds the locks of containers/storage. Place also syncs the files that make the layer one of its
// chain, so that a layer that the store records as complete is complete after a power cut.
func (l *Layer) Place(to chain.Layer) (err error) {
	if err := enter(); err != nil {
		return err
	}
	defer process.RUnlock()
	if err := l.ownLike(to); err != nil {
		return err
	}
	if err := pool.Enter(to); err != nil {
		return err
	}
	image := l.imageName()
	defer func() {
		if err != nil {
			err = files.WithCleanup(err, files.IgnoreMissing(os.Remove(image)))
		}
	}()
	if err := l.batch.Place(l.pool.Path(to.Diff())); err != nil {
		return err
	}
	if err := os.Mkdir(to.DataDir(), 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	if err := os.Rename(image, l.pool.Path(to.Blob())); err != nil {
		return err
	}
	return syncPlace(to)
}

// syncPlace makes the files durable that make a layer one of its chain. The stock driver only
// writes them. After a power cut "lower" would be empty, so that the layer would have none below
// it, and an empty "lower-layers" ends every mount by podman 6.
func syncPlace(l chain.Layer) error {
	for _, name := range append([]string{"link"}, chain.LowerFiles...) {
		if err := files.IgnoreMissing(files.Sync(filepath.Join(l.Dir(), name))); err != nil {
			return err
		}
	}
	return errors.Join(files.Sync(l.DataDir()), files.Sync(l.Dir()), files.IgnoreMissing(files.Sync(filepath.Join(l.Store.Home, "l"))))
}

// ownLike gives the directory that becomes the layer's diff its owner and mode: those of the
// root entry of the layer if there is one, or else those that the stock driver gave the diff.
func (l *Layer) ownLike(to chain.Layer) error {
	img, err := images.Read(l.image)
	if err != nil {
		return err
	}
	if given, err := images.OwnDiff(img, l.Dir()); given || err != nil {
		return err
	}
	var st unix.Stat_t
	if err := unix.Stat(to.Diff(), &st); err != nil {
		return &os.PathError{Op: "stat", Path: to.Diff(), Err: err}
	}
	return files.SetOwner(l.Dir(), st.Uid, st.Gid, st.Mode)
}

// ChangeOwners writes the layer image of a committed layer again, with other owners. The owners
// of contents do not matter.
func (l *Layer) ChangeOwners(owner idmap.Owner) error {
	img, err := images.Read(l.image)
	if err != nil {
		return err
	}
	f, err := l.Temporary("layer image")
	if err != nil {
		return err
	}
	made, err := convert.RemapLayer(context.Background(), convert.Source{Image: img}, f, owner)
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = os.Remove(l.imageName())
	}
	if err != nil {
		return files.WithCleanup(err, f.Close())
	}
	if err, l.image = l.image.Close(), f; err != nil {
		return err
	}
	return l.seal(made.Digest)
}

// Fail closes the layer after an error, which it returns with the paths that users know.
func (l *Layer) Fail(err error) error { return l.Named(files.WithCleanup(err, l.Close())) }

// Named returns err with the paths that users know instead of those that only this process sees.
func (l *Layer) Named(err error) error { return l.pool.Named(err) }

// Close releases the layer. Unless it has a place it is gone then, and its new objects are
// collected.
func (l *Layer) Close() error {
	var list []error
	var leftover bool
	if l.batch != nil {
		leftover = l.committed && l.batch.Staged() != ""
		if leftover {
			list = append(list, files.IgnoreMissing(os.Remove(l.imageName())))
		}
		list = append(list, l.batch.Close())
		process.staged.Delete(l)
	}
	if l.image != nil {
		list = append(list, l.image.Close())
	}
	if leftover {
		list = append(list, l.pool.NoteGarbage())
		if _, err := l.pool.Release(context.Background(), nil, nil); !errors.Is(err, objects.ErrBusy) {
			list = append(list, err)
		}
	}
	return l.pool.Named(errors.Join(append(list, l.pool.Close())...))
}
