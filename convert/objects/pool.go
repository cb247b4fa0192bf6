package objects

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// ErrBusy is returned by [Pool.Collect] and [Pool.Remove] if somebody is adding to
// the pool.
var ErrBusy = errors.New("the pool is in use")

// ErrLinked is returned by [Pool.Remove] for an object that a layer has.
var ErrLinked = errors.New("a layer has this object")

// ErrDamaged is what the pool says of an object whose content is not what its name
// says.
var ErrDamaged = errors.New("damaged object")

// Path returns where an object is below an object directory: [tree.ObjectPath].
func Path(d verity.Digest) string { return tree.ObjectPath(d) }

// Pool is an open pool. Its methods may be called concurrently, and other
// processes may have it open too.
type Pool struct {
	path    string
	objects *os.File
	fault   func(step string) error // for tests
}

// Open opens the pool in dir and makes it if there is none.
func Open(dir string) (*Pool, error) {
	objects := filepath.Join(dir, "objects")
	err := os.MkdirAll(objects, 0o700)
	var f *os.File
	if err == nil {
		f, err = os.Open(objects)
	}
	var e *fs.PathError
	if errors.As(err, &e) {
		e.Op = "open pool" // whatever was to be done
	}
	if err != nil {
		return nil, err
	}
	return &Pool{path: dir, objects: f}, nil
}

// Close closes the pool. Batches must have been closed before.
func (p *Pool) Close() error { return p.objects.Close() }

// Open opens an object for reading. It returns an error that wraps
// [fs.ErrNotExist] if the pool does not have it.
func (p *Pool) Open(d verity.Digest) (*os.File, error) {
	name := Path(d)
	fd, err := unix.Openat(p.fd(), name, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NOFOLLOW, 0)
	if err != nil {
		return nil, &fs.PathError{Op: "open object", Path: name, Err: err}
	}
	return os.NewFile(uintptr(fd), filepath.Join(p.objects.Name(), name)), nil
}

// Info is what the pool knows of an object.
type Info struct {
	Size  int64  // bytes
	Links uint64 // names, the pool's included
}

// Stat returns what the pool knows of an object, or an error that wraps
// [fs.ErrNotExist].
func (p *Pool) Stat(d verity.Digest) (Info, error) {
	var st unix.Stat_t
	name := Path(d)
	if err := unix.Fstatat(p.fd(), name, &st, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return Info{}, &fs.PathError{Op: "stat object", Path: name, Err: err}
	}
	return Info{Size: st.Size, Links: uint64(st.Nlink)}, nil
}

// Remove removes an object that no layer has. It returns [ErrLinked] if one has it,
// [ErrBusy] if somebody is adding, and an error that wraps [fs.ErrNotExist] if the
// pool does not have it.
func (p *Pool) Remove(d verity.Digest) (err error) {
	lock, err := p.flock(unix.LOCK_EX | unix.LOCK_NB)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	info, err := p.Stat(d)
	if err == nil && info.Links > 1 {
		err = fmt.Errorf("remove object %s: %w", d, ErrLinked)
	}
	if err != nil {
		return err
	}
	name := Path(d)
	if err := unix.Unlinkat(p.fd(), name, 0); err != nil {
		return &fs.PathError{Op: "remove object", Path: name, Err: err}
	}
	return nil
}

// flock opens the pool's lock and takes it in the given mode. Closing the file
// gives it back.
func (p *Pool) flock(how int) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(p.path, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err = unix.Flock(int(f.Fd()), how)
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	if err == nil {
		return f, nil
	}
	if errors.Is(err, unix.EWOULDBLOCK) {
		err = ErrBusy
	}
	return nil, errors.Join(fmt.Errorf("lock pool %s: %w", p.path, err), f.Close())
}

func (p *Pool) fd() int { return int(p.objects.Fd()) }
