//go:build linux

package settings

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/config"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/repository"
	"github.com/composefs-storage/composefs-storage/convert/repository/names"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// ObjectRepos are the directories of object_repos in composefs.conf. Its method may be called concurrently.
type ObjectRepos struct {
	dirs []string
	root string
	want verity.Algorithm // of a new store, or 0
	warn func(err error)

	mu     sync.Mutex
	warned map[string]bool // directories
}

// NewObjectRepos returns the directories of object_repos for a store with that root, which exists. warn is
// called once for each directory from which the store takes no objects, and once for damaged objects in
// each.
func NewObjectRepos(conf *config.Options, root string, warn func(err error)) *ObjectRepos {
	return &ObjectRepos{dirs: conf.ObjectRepos, root: root, want: wanted(conf), warn: warn, warned: map[string]bool{}}
}

// Sources returns the present object directories for a new layer.
func (r *ObjectRepos) Sources() objects.Sources {
	s := objects.Sources{Damaged: func(dir string, err error) {
		r.warnOnce(dir, fmt.Errorf("cannot take object %w", err))
	}}
	algorithm, unknown := objects.AlgorithmOf(chain.Store{Home: chain.Home(r.root)}.Pool(), r.want)
	for _, dir := range r.dirs {
		if isSame(dir, r.root) {
			continue // object_repos is the same for all stores
		}
		found, err := objectsOf(dir, algorithm)
		if unknown != nil {
			err = unknown
		}
		if err == nil && apart(found, r.root) {
			err = errors.New("it is on another file system than " + r.root)
		}
		if err != nil {
			r.warnOnce(dir, fmt.Errorf("cannot take objects from %s: %w", dir, err))
			continue
		}
		s.Dirs = append(s.Dirs, found)
	}
	return s
}

func (r *ObjectRepos) warnOnce(dir string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.warned[dir] {
		r.warned[dir] = true
		r.warn(err)
	}
}

// objectsOf returns the object directory of a composefs repository, or of the pool of a store, with
// that algorithm.
func objectsOf(dir string, want verity.Algorithm) (string, error) {
	if _, err := os.Stat(dir); err != nil {
		return "", errors.Unwrap(err)
	}
	err := repository.Check(dir, want)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return names.Objects(dir), err
	}
	store := chain.Store{Home: chain.Home(dir)}
	if _, err := os.Stat(store.PoolObjects()); err != nil {
		return "", errors.New("it is neither a composefs repository nor a store with composefs layers")
	}
	if is, err := objects.AlgorithmOf(store.Pool(), 0); err != nil || is != want {
		return "", errors.Join(err, fmt.Errorf("its objects are named by %s, not by %s", is, want))
	}
	return store.PoolObjects(), nil
}

// isSame reports whether two paths name the same directory.
func isSame(a, b string) bool {
	x, err := os.Stat(a)
	y, err2 := os.Stat(b)
	return err == nil && err2 == nil && os.SameFile(x, y)
}

// apart reports whether files of one directory can be neither linked nor reflinked into another. Between
// two devices only subvolumes of btrfs allow reflinks.
func apart(a, b string) bool {
	var x, y unix.Stat_t
	if unix.Stat(a, &x) != nil || unix.Stat(b, &y) != nil || x.Dev == y.Dev {
		return false
	}
	return !onBtrfs(a) || !onBtrfs(b)
}

func onBtrfs(dir string) bool {
	var st unix.Statfs_t
	return unix.Statfs(dir, &st) == nil && uint32(st.Type) == unix.BTRFS_SUPER_MAGIC
}
