//go:build linux

// Package pool opens the pool of a store so that layers can be linked with it.
//
// The overlay driver mounts its home on itself, to keep mounts in it private, and
// link(2) does not cross mounts, even where both sides are one file system. So the pool
// and the layers beside it are looked at through a mount of the store's root in which
// nothing is mounted: one without a place, that nobody else sees.
package pool

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// ErrApart is what Open returns for a store whose layers are on another file system
// than its root: nothing there can be linked with a pool.
var ErrApart = errors.New("the directory overlay is a file system of its own")

// Pool is the open pool of a store. Errors of its methods have the absolute paths of files.
// Errors of a batch, and of what is done with a name that [Pool.Path] has returned, do not:
// the function that begins the batch hands them to [Pool.Named].
type Pool struct {
	*objects.Pool
	root string   // the store's root
	view *os.File // it, with nothing mounted in it
	path string   // by which it is called, with a slash at its end
}

// Open opens the pool of a store and makes it if there is none. What is added to it is
// sealed as said.
func Open(s chain.Store, sealing objects.Sealing) (*Pool, error) {
	root := filepath.Dir(s.Home)
	fd, err := unix.OpenTree(unix.AT_FDCWD, root, unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC)
	if errors.Is(err, unix.ENOSYS) { // nothing is added below Linux 5.2, but removed
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
	p.Pool, err = objects.Open(p.Path(s.Pool()), objects.Options{Sealing: sealing})
	return p.Named(err)
}

// Path returns by which name a file of the store is to be called as long as the pool is
// open: path is its absolute path.
func (p *Pool) Path(path string) string {
	return p.path + strings.TrimPrefix(path, p.root+"/")
}

// Close closes the pool.
func (p *Pool) Close() error {
	return errors.Join(p.Pool.Close(), p.view.Close())
}
