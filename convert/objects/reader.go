package objects

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Reader is a pool that is open for reading. It takes no lock and makes no file, so the
// pool may be on a file system that is mounted read-only, or belong to somebody else.
// Its methods may be called concurrently.
type Reader struct {
	path    string
	objects *os.File
}

// OpenReadOnly opens the pool in dir for reading. It returns an error that wraps
// [fs.ErrNotExist] if there is none.
func OpenReadOnly(dir string) (*Reader, error) {
	f, err := os.OpenFile(filepath.Join(dir, "objects"), os.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return nil, openError(err)
	}
	return &Reader{path: dir, objects: f}, nil
}

// openError says that a pool was to be opened, whatever had to be done for it.
func openError(err error) error {
	var e *fs.PathError
	if errors.As(err, &e) {
		e.Op = "open pool"
	}
	return err
}

// Close closes the pool. Batches must have been closed before.
func (p *Reader) Close() error { return p.objects.Close() }

// Open opens an object for reading. It returns an error that wraps
// [fs.ErrNotExist] if the pool does not have it.
func (p *Reader) Open(d verity.Digest) (*os.File, error) {
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
func (p *Reader) Stat(d verity.Digest) (Info, error) {
	var st unix.Stat_t
	name := Path(d)
	if err := unix.Fstatat(p.fd(), name, &st, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return Info{}, &fs.PathError{Op: "stat object", Path: name, Err: err}
	}
	return Info{Size: st.Size, Links: uint64(st.Nlink)}, nil
}

func (p *Reader) fd() int { return int(p.objects.Fd()) }
