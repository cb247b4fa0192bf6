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

// sealers is how many objects are sealed at a time. Each waits for the disk several times,
// and has little to compute.
const sealers = 16

// seal seals the new objects, which are complete and have no name in the pool yet, and
// makes that durable.
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

// SealObjects seals those of the objects that the pool has. An error names the object.
func (p *Pool) SealObjects(ctx context.Context, all []verity.Digest) error {
	return p.sealEach(ctx, p.fd(), func(yield func(verity.Digest) bool) {
		for _, d := range all {
			if _, err := p.Stat(d); !errors.Is(err, fs.ErrNotExist) && !yield(d) { // opening it says what is wrong
				return
			}
		}
	})
}

// sealEach seals objects that have their names in the object directory at.
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

// sealNamed seals an object that has its name in the object directory at.
func (p *Pool) sealNamed(at int, d verity.Digest) (sealed bool, err error) {
	f, err := openObject(at, Path(d))
	if err != nil {
		return false, err
	}
	defer f.Close() //nolint:errcheck // open for reading
	return p.Seal(f, d)
}

// trust reports whether an object in the directory at, which this batch has not made, is
// what its name says, as far as the kernel can tell without reading it. One that is not
// sealed is sealed, for which it is read once.
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
		return false, nil // of fs-verity that is damaged itself
	}
	if errors.Is(err, ErrDamaged) {
		return false, nil
	}
	return err == nil, err
}

// SealImage seals a merged image of the pool. All objects that it refers to must be sealed:
// who sees a sealed image relies on that.
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
