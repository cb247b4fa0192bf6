package objects

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Sealing is whether the files of a pool are sealed: whether they have fs-verity, so that
// the kernel refuses writes to them, and reads of what is not as their names say.
type Sealing int

const (
	// SealNever leaves files as they are.
	SealNever Sealing = iota
	// SealTry seals where file system and kernel can do that. What else may go wrong is
	// an error.
	SealTry
	// SealRequire fails where they cannot.
	SealRequire
)

// sealers is how many objects are sealed at a time. Each waits for the disk several times,
// and has little to compute.
const sealers = 16

// sealPatience is how long sealing waits for somebody who has the file open for writing,
// or is sealing it too: any process that is just being started has inherited what its
// parent had open. It is a variable for tests.
var sealPatience = 30 * time.Second

// fsVerity is what the kernel does for sealing.
type fsVerity interface {
	Enable(f *os.File) error
	Measure(f *os.File) (verity.Digest, error)
}

type kernelVerity struct{}

func (kernelVerity) Enable(f *os.File) error                   { return verity.Enable(f) }
func (kernelVerity) Measure(f *os.File) (verity.Digest, error) { return verity.Measure(f) }

// Seals reports whether new files are sealed, as far as that is known: with [SealTry]
// the first one shows.
func (p *Pool) Seals() bool { return p.Sealing != SealNever && !p.unsealable.Load() }

// Seal seals a file on the pool's file system whose fs-verity digest must be d: anything
// else gives an error that wraps [ErrDamaged]. The file must be open for reading only. One
// that is sealed already is measured. With [SealTry], sealed is false if that cannot be
// done here.
func (p *Pool) Seal(f *os.File, d verity.Digest) (sealed bool, err error) {
	if !p.Seals() {
		return false, nil
	}
	if err = p.try(stepSeal); err == nil {
		err = p.enable(f)
	}
	if p.Sealing == SealTry && cannotSeal(err) {
		p.unsealable.Store(true)
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, p.measure(f, d)
}

// SealFile is Seal for the file with that name, and makes durable that it is sealed.
func (p *Pool) SealFile(name string, d verity.Digest) (sealed bool, err error) {
	if !p.Seals() {
		return false, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return false, err
	}
	defer f.Close() //nolint:errcheck // open for reading
	if sealed, err = p.Seal(f, d); err == nil && sealed {
		err = p.syncFile(f)
	}
	return sealed, err
}

func cannotSeal(err error) bool {
	return errors.Is(err, verity.ErrFilesystem) || errors.Is(err, verity.ErrKernel)
}

// enable enables fs-verity, waiting for those who keep the kernel from it.
func (p *Pool) enable(f *os.File) error {
	const longest = 100 * time.Millisecond
	until := time.Now().Add(sealPatience)
	for wait := time.Millisecond; ; wait = min(2*wait, longest) {
		err := p.verity.Enable(f)
		if !errors.Is(err, unix.ETXTBSY) && !errors.Is(err, unix.EBUSY) || time.Now().After(until) {
			return err
		}
		time.Sleep(wait)
	}
}

func (p *Pool) measure(f *os.File, d verity.Digest) error {
	got, err := p.verity.Measure(f)
	if err == nil && got != d {
		err = fmt.Errorf("%w: its content has digest %s", ErrDamaged, got)
	}
	return err
}

// seal seals the new objects, which are complete and have no name in the pool yet.
func (b *Batch) seal() error {
	return b.pool.sealEach(context.Background(), b.fd(), func(yield func(verity.Digest) bool) {
		for _, f := range b.fresh {
			if !yield(f.digest) {
				return
			}
		}
	})
}

// SealObjects seals those of the objects that the pool has. An error names the object.
func (p *Pool) SealObjects(ctx context.Context, all []verity.Digest) error {
	return p.sealEach(ctx, p.fd(), func(yield func(verity.Digest) bool) {
		for _, d := range all {
			if _, err := p.Stat(d); err == nil && !yield(d) {
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
	return errors.Join(group.Wait(), ctx.Err())
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
	case errors.Is(err, verity.ErrNotEnabled), cannotSeal(err):
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
