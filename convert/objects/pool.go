package objects

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// ErrBusy is returned by [Pool.Collect], [Pool.Release] and [Pool.Remove] while a batch or a
// repair is open.
var ErrBusy = errors.New("the pool is in use")

// ErrLinked is returned by [Pool.Remove] for an object that a layer has.
var ErrLinked = errors.New("a layer has this object")

// ErrDamaged reports an object whose content has another fs-verity digest than its name.
var ErrDamaged = errors.New("damaged object")

// Path returns the path of an object below an object directory: [tree.ObjectPath].
func Path(d verity.Digest) string { return tree.ObjectPath(d) }

// Pool is an open pool. Its methods may be called concurrently, and other processes may have the
// pool open too.
type Pool struct {
	Reader

	sealing    Sealing
	verity     fsVerity
	unsealable atomic.Bool // an attempt has shown that sealing is not possible here
	sources    []*source
	fault      func(step string) error // for tests

	reportDamaged func(dir string, err error) // of sources; may be nil
}

// Options control a [Pool].
type Options struct {
	Sealing Sealing // applies to files that are added; SealNever by default

	// Algorithm is that of a new pool, 0 for sha256. A pool with another one is not opened, unless
	// Algorithm is 0.
	Algorithm verity.Algorithm
}

// Open opens the pool in dir and makes it if it is missing. It takes no lock of an existing pool. The
// error is an [*AlgorithmError] if the pool has another algorithm than opts.
func Open(dir string, opts Options) (*Pool, error) {
	if err := makePool(dir, opts.Algorithm); err != nil {
		return nil, openError(err)
	}
	r, err := OpenReadOnly(dir)
	if err != nil {
		return nil, err
	}
	if opts.Algorithm != 0 && opts.Algorithm != r.algorithm {
		return nil, files.WithCleanup(&AlgorithmError{dir, r.algorithm, opts.Algorithm}, r.Close())
	}
	return &Pool{Reader: *r, sealing: opts.Sealing, verity: r.algorithm}, nil
}

// Remove removes an object that no layer has. It returns [ErrLinked] if a layer has it, [ErrBusy]
// if the pool is in use, and an error that wraps [fs.ErrNotExist] if the object is missing. It
// takes the pool's lock exclusively and does not wait for it.
func (p *Pool) Remove(d verity.Digest) (err error) {
	lock, err := p.flock(unix.LOCK_EX | unix.LOCK_NB)
	if err != nil {
		return err
	}
	defer func() { err = files.WithCleanup(err, lock.Close()) }()
	info, err := p.Stat(d)
	if err == nil && info.Links > 1 {
		err = fmt.Errorf("remove object %s: %w", d, ErrLinked)
	}
	if err != nil {
		return err
	}
	return p.unlinkObject(Path(d))
}

// Hold takes the pool's lock, shared, so that nothing is collected until release is called.
func (p *Pool) Hold() (release func() error, err error) {
	lock, err := p.flock(unix.LOCK_SH)
	if err != nil {
		return nil, err
	}
	return lock.Close, nil
}

// flock opens the pool's lock file and locks it in the given mode until the file is closed.
func (p *Pool) flock(how int) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(p.path, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err = files.Lock(f, how); err == nil {
		return f, nil
	}
	if errors.Is(err, unix.EWOULDBLOCK) {
		err = ErrBusy
	}
	return nil, files.WithCleanup(fmt.Errorf("lock pool %s: %w", p.path, err), f.Close())
}
