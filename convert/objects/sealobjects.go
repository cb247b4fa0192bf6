package objects

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// sealers is the number of objects that are sealed at a time. Each waits for the disk several
// times and computes little.
const sealers = 16

// seal seals the new objects and makes that durable. They are complete and have no name in the
// pool yet.
func (b *Batch) seal() error {
	if len(b.fresh) == 0 || !b.pool.Seals() {
		return nil
	}
	err := b.pool.sealEach(context.Background(), b.fd(), func(yield func(verity.Digest) bool) {
		for _, f := range b.fresh {
			if !yield(f.digest) {
				return
			}
		}
	})
	if err != nil || !b.pool.Seals() {
		return err
	}
	return b.syncfs()
}

// SealObjects seals the given objects and skips those that the pool lacks. An error names the
// object. It takes no lock: the caller keeps the objects from being collected.
func (p *Pool) SealObjects(ctx context.Context, all []verity.Digest) error {
	return p.sealEach(ctx, p.fd(), func(yield func(verity.Digest) bool) {
		for _, d := range all {
			if _, err := p.Stat(d); !errors.Is(err, fs.ErrNotExist) && !yield(d) { // opening it reports other errors
				return
			}
		}
	})
}

// sealEach seals objects in the object directory at.
func (p *Pool) sealEach(ctx context.Context, at int, all iter.Seq[verity.Digest]) error {
	if !p.Seals() {
		return nil
	}
	var group errgroup.Group
	group.SetLimit(sealers)
	for d := range all {
		if !p.Seals() || ctx.Err() != nil {
			break
		}
		group.Go(func() error {
			_, err := p.sealNamed(at, d)
			if err != nil {
				err = fmt.Errorf("seal object %s: %w", d, err)
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

// sealNamed seals one object in the object directory at.
func (p *Pool) sealNamed(at int, d verity.Digest) (sealed bool, err error) {
	f, err := openObject(at, Path(d))
	if err != nil {
		return false, err
	}
	defer f.Close() //nolint:errcheck // open for reading
	return p.Seal(f, d)
}

// trust reports whether an object in the directory at, made by another batch, has the digest d,
// as the kernel measures it without reading the content. An object that is not sealed is read once
// and sealed. Without sealing every object is trusted.
func (b *Batch) trust(at int, d verity.Digest) (bool, error) {
	if !b.pool.Seals() {
		return true, nil
	}
	f, err := openObject(at, Path(d))
	if err == nil {
		defer f.Close() //nolint:errcheck // open for reading
		err = b.pool.measure(f, d)
	}
	switch {
	case verity.Absent(err):
		_, err = b.pool.Seal(f, d)
	case errors.Is(err, unix.EIO), errors.Is(err, unix.EINVAL), errors.Is(err, unix.EUCLEAN):
		return false, nil // the fs-verity metadata are damaged
	}
	if errors.Is(err, ErrDamaged) {
		return false, nil
	}
	return err == nil, err
}

// SealImage seals a merged image of the pool. All objects to which it refers must be sealed:
// mounts of a sealed image rely on that.
func (b *Batch) SealImage(d verity.Digest) (sealed bool, err error) {
	if !b.pool.Seals() {
		return false, nil
	}
	f, err := b.pool.OpenImage(d)
	if err == nil {
		defer f.Close() //nolint:errcheck // open for reading
		sealed, err = b.pool.Seal(f, d)
	}
	if err != nil {
		return false, fmt.Errorf("seal image %s: %w", d, err)
	}
	return sealed, nil
}

// openObject opens an object by its name in an object directory.
func openObject(at int, name string) (*os.File, error) {
	fd, err := unix.Openat(at, name, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NOFOLLOW, 0)
	if err != nil {
		return nil, os.NewSyscallError("openat", err)
	}
	return os.NewFile(uintptr(fd), name), nil
}
