package objects

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Reader is a pool that is open for reading, such as that of an additional image store. It makes
// no file and holds no lock, so the pool may be on a read-only file system or belong to another
// user. Its methods may be called concurrently.
type Reader struct {
	path      string
	objects   *os.File
	algorithm verity.Algorithm
}

// Algorithm returns the algorithm of the pool's digests.
func (p *Reader) Algorithm() verity.Algorithm { return p.algorithm }

// OpenReadOnly opens the pool in dir for reading. The error wraps [fs.ErrNotExist] if it is
// missing.
func OpenReadOnly(dir string) (*Reader, error) {
	f, err := os.OpenFile(filepath.Join(dir, "objects"), os.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return nil, openError(err)
	}
	a, err := AlgorithmOf(dir, 0)
	if err != nil {
		return nil, files.WithCleanup(openError(err), f.Close())
	}
	return &Reader{path: dir, objects: f, algorithm: a}, nil
}

// openError names opening the pool as the failed operation.
func openError(err error) error {
	var e *fs.PathError
	if errors.As(err, &e) {
		e.Op = "open pool"
	}
	return err
}

// Close closes the pool. Batches must have been closed before.
func (p *Reader) Close() error { return p.objects.Close() }

// Open opens an object for reading. The error wraps [fs.ErrNotExist] if the pool lacks it.
func (p *Reader) Open(d verity.Digest) (*os.File, error) {
	name := Path(d)
	fd, err := unix.Openat(p.fd(), name, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NOFOLLOW, 0)
	if err != nil {
		return nil, &fs.PathError{Op: "open object", Path: name, Err: err}
	}
	return os.NewFile(uintptr(fd), filepath.Join(p.objects.Name(), name)), nil
}

// Info describes an object or an image.
type Info struct {
	Size  int64  // bytes
	Links uint64 // names, the pool's included
}

// Stat describes an object. The error wraps [fs.ErrNotExist] if the pool lacks it.
func (p *Reader) Stat(d verity.Digest) (Info, error) {
	var st unix.Stat_t
	name := Path(d)
	if err := unix.Fstatat(p.fd(), name, &st, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return Info{}, &fs.PathError{Op: "stat object", Path: name, Err: err}
	}
	return Info{Size: st.Size, Links: uint64(st.Nlink)}, nil //nolint:unconvert // narrower on some architectures
}

func (p *Reader) fd() int { return int(p.objects.Fd()) }
