//go:build linux

package staging

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

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

// Layer is a staged layer. It is not for concurrent use.
type Layer struct {
	store     chain.Store
	pool      *pool.Pool
	batch     *objects.Batch
	image     *os.File // the layer image, without a name until it is complete
	digest    verity.Digest
	records   records // for containers/storage
	target    string  // the directory of the staged layer
	committed bool
	placed    bool
}

// Begin stages a new layer in a store and takes the lock of the pool, shared. Objects of the sources are not
// written again. If the error is
// [pool.ErrApart] the store cannot have composefs layers. After an error nothing is staged.
func Begin(ctx context.Context, store chain.Store, sealing objects.Sealing, sources objects.Sources) (*Layer, error) {
	p, err := pool.Open(store, sealing)
	if err != nil {
		return nil, err
	}
	p.TakeFrom(sources)
	l := &Layer{store: store, pool: p}
	if err = l.begin(); err == nil {
		l.image, err = l.Temporary("layer image")
	}
	if err != nil {
		return nil, l.Fail(ctx, err)
	}
	return l, nil
}

// Batch returns the batch that takes the contents of the layer.
func (l *Layer) Batch() *objects.Batch { return l.batch }

// Dir returns the directory of the layer's objects. The path is valid in this process only.
func (l *Layer) Dir() string { return l.batch.Staged() }

// Image returns the file for the layer image. It is empty at first.
func (l *Layer) Image() io.Writer { return l.image }

// ImageFile returns the image of a committed layer, open for reading.
func (l *Layer) ImageFile() *os.File { return l.image }

// Digest returns the fs-verity digest of the image of a committed layer.
func (l *Layer) Digest() verity.Digest { return l.digest }

// Placed reports whether Place has placed the layer.
func (l *Layer) Placed() bool { return l.placed }

// Temporary returns a file without a name on the file system of the pool. Errors contain what as its
// name.
func (l *Layer) Temporary(what string) (*os.File, error) {
	fd, err := unix.Open(l.Dir(), unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: what, Err: err}
	}
	return os.NewFile(uintptr(fd), what), nil
}

// Commit makes the objects and the image durable and seals them. Place then only renames and syncs.
// image is the fs-verity digest of the image.
func (l *Layer) Commit(image verity.Digest) error {
	if err := l.batch.Commit(); err != nil {
		return err
	}
	l.committed = true
	return l.seal(image)
}

// Keep registers the layer and returns the target by which [Take] finds it.
func (l *Layer) Keep() string {
	process.kept.Store(l.target, l)
	return l.target
}

// Take returns the layer with a target and removes it from the registry. It returns nil if this
// process has kept no such layer.
func Take(target string) *Layer {
	l, ok := process.kept.LoadAndDelete(target)
	if !ok {
		return nil
	}
	return l.(*Layer)
}

// Place moves the staged layer into an empty layer of the store. The caller holds the lock of the
// layers. Place also syncs the files that record the chain of the layer, so that a layer that the
// store records as complete is complete after a power cut.
func (l *Layer) Place(to chain.Layer) (err error) {
	if err := enter(); err != nil {
		return err
	}
	defer process.RUnlock()
	if to.Store != l.store {
		return fmt.Errorf("it is in %s, and was converted for %s; with imagestore set, only read-only layers can be loaded", filepath.Dir(to.Store.Home), filepath.Dir(l.store.Home))
	}
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
	if err := os.Rename(image, l.pool.Path(to.ImagePath())); err != nil {
		return err
	}
	err = syncPlace(to)
	l.placed = err == nil
	return err
}

// syncPlace syncs the files that record the chain of a layer. The stock driver does not sync them.
// After a power cut, "lower" would be empty and the layer would seem to have no layers below it;
// podman 6 cannot mount a layer with an empty "lower-layers".
func syncPlace(l chain.Layer) error {
	list := []string{l.LinkFile()}
	for _, name := range chain.LowerFiles {
		list = append(list, filepath.Join(l.Dir(), name))
	}
	for _, path := range list {
		if err := files.IgnoreMissing(files.Sync(path)); err != nil {
			return err
		}
	}
	return files.WithCleanup(files.Sync(l.DataDir()), files.Sync(l.Dir()), files.IgnoreMissing(files.Sync(l.Store.LinksDir())))
}

// ownLike gives the directory of objects, which becomes the layer's diff, the owner and mode of the
// layer's root entry, or those of the existing diff if there is no root entry.
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

// ChangeOwners replaces the image of a committed layer by one with other owners. The owners of object
// files do not matter.
func (l *Layer) ChangeOwners(ctx context.Context, owner idmap.Owner) error {
	img, err := images.Read(l.image)
	if err != nil {
		return err
	}
	f, err := l.Temporary("layer image")
	if err != nil {
		return err
	}
	made, err := convert.RemapLayer(ctx, convert.Source{Image: img}, f, convert.RemapOptions{Owner: owner, Algorithm: l.pool.Algorithm()})
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

// Fail closes the layer after an error and returns the error with the paths that users know.
func (l *Layer) Fail(ctx context.Context, err error) error {
	return l.Named(files.WithCleanup(err, l.Close(ctx)))
}

// Named returns err with the paths that users know instead of paths that are valid in this process
// only.
func (l *Layer) Named(err error) error { return l.pool.Named(err) }

// noteObjects notes the objects in the directory of a staged layer as garbage, before its removal.
func noteObjects(ctx context.Context, p *objects.Pool, dir string) error {
	list, err := objects.DigestsIn(ctx, dir)
	if err != nil {
		return p.NoteGarbage()
	}
	return p.NoteUnlinked(list, nil)
}

// Close releases the layer and the lock of the pool. It removes a layer without a place, and its
// objects if no other process uses the pool. A canceled ctx does not stop it.
func (l *Layer) Close(ctx context.Context) error {
	var list []error
	var leftover bool
	if l.batch != nil {
		leftover = l.committed && l.batch.Staged() != ""
		if leftover {
			list = append(list, noteObjects(context.WithoutCancel(ctx), l.pool.Pool, l.Dir()))
			list = append(list, files.IgnoreMissing(os.Remove(l.imageName())))
		}
		list = append(list, l.batch.Close())
		process.staged.Delete(l)
	}
	if l.image != nil {
		list = append(list, l.image.Close())
	}
	list = append(list, l.records.close())
	if leftover {
		if _, err := l.pool.Release(context.WithoutCancel(ctx), nil, nil); !errors.Is(err, objects.ErrBusy) {
			list = append(list, err)
		}
	}
	return l.pool.Named(files.WithCleanup(nil, append(list, l.pool.Close())...))
}
