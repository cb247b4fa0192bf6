//go:build linux

package pool

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// ErrApart is the error of Open for a store whose layers are on another file system than its root, so
// that they cannot be linked with a pool.
var ErrApart = errors.New("the directory overlay is a file system of its own")

// Pool is the open pool of a store. Errors of its methods contain absolute paths. Errors of a batch,
// and of system calls with a path of [Pool.Path], contain the latter: the function that begins the
// batch passes them to [Pool.Named].
type Pool struct {
	*objects.Pool
	root string   // the store's root
	view *os.File // the root in the detached mount
	path string   // /proc/self/fd/N/ of view
}

// Open opens the pool of a store and makes a missing one. New files are sealed according to sealing.
// Open takes no lock: beginning a batch does.
func Open(s chain.Store, sealing objects.Sealing) (*Pool, error) {
	root := filepath.Dir(s.Home)
	fd, err := unix.OpenTree(unix.AT_FDCWD, root, unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC)
	if errors.Is(err, unix.ENOSYS) { // Linux below 5.2 adds nothing to a pool, but removes files
		fd, err = unix.Open(root, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	}
	if err != nil {
		return nil, &os.PathError{Op: "open_tree", Path: root, Err: err}
	}
	p := &Pool{root: root, view: os.NewFile(uintptr(fd), root), path: fmt.Sprintf("/proc/self/fd/%d/", fd)}
	if err := p.open(s, sealing); err != nil {
		p.view.Close() //nolint:errcheck // open for reading
		return nil, fmt.Errorf("pool of %s: %w", root, err)
	}
	return p, nil
}

func (p *Pool) open(s chain.Store, sealing objects.Sealing) error {
	here, err := os.Stat(s.Home)
	if err != nil {
		return err
	}
	there, err := os.Stat(p.Path(s.Home))
	if errors.Is(err, fs.ErrNotExist) || err == nil && !os.SameFile(here, there) {
		return ErrApart
	}
	if err != nil {
		return p.Named(err)
	}
	if err := create(p.Path(s.Pool()), s.Home); err != nil {
		return p.Named(err)
	}
	p.Pool, err = objects.Open(p.Path(s.Pool()), objects.Options{Sealing: sealing, Algorithm: s.Algorithm})
	return p.Named(err)
}

// Path returns the path of a file of the store in the detached mount. path is the absolute path. The
// result is valid while the pool is open, in this process.
func (p *Pool) Path(path string) string {
	return p.path + strings.TrimPrefix(path, p.root+"/")
}

// Close closes the pool.
func (p *Pool) Close() error {
	return files.WithCleanup(p.Pool.Close(), p.view.Close())
}
