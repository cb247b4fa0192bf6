package fsck

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// pool is what is known of a store's pool.
type pool struct {
	store  chain.Store
	reader *objects.Reader // nil if there is none
	fd     int             // of the directory of objects, if there is a reader

	mu      sync.Mutex
	objects map[verity.Digest]*object
	extra   []file                   // of layers, that are not the pool's and not queued yet
	images  map[uint64]verity.Digest // by inode
	queued  map[uint64]bool          // inodes of files that were extra
}

// poolOf returns the pool of a store.
func (c *checker) poolOf(s chain.Store) *pool {
	if p := c.pools[s.Home]; p != nil {
		return p
	}
	p := &pool{store: s, objects: map[verity.Digest]*object{}, images: map[uint64]verity.Digest{}, queued: map[uint64]bool{}}
	c.pools[s.Home] = p
	if err := p.open(); err != nil {
		c.unreadable = errors.Join(c.unreadable, err)
	}
	return p
}

// open opens the pool, unless the store has none. Only ENOENT says that: after any other error
// nothing is known of the pool's objects, and a check must not take them for missing.
func (p *pool) open() error {
	r, err := objects.OpenReadOnly(p.store.Pool())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	dir := filepath.Join(p.store.Pool(), "objects")
	if p.fd, err = unix.Open(dir, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0); err != nil {
		return errors.Join(&os.PathError{Op: "open", Path: dir, Err: err}, r.Close())
	}
	p.reader = r
	return r.WalkImages(context.Background(), func(d verity.Digest, _ objects.Info) error {
		var st unix.Stat_t
		if unix.Lstat(r.ImagePath(d), &st) == nil {
			p.images[st.Ino] = d
		}
		return nil
	})
}

func isRegular(st *unix.Stat_t) bool { return st.Mode&unix.S_IFMT == unix.S_IFREG }

// allPools returns the pools of all stores, in their order.
func (c *checker) allPools() (all []*pool) {
	for _, s := range slices.Concat(c.Stores.Writable(), c.Stores.Additional) {
		if p := c.poolOf(s); p.reader != nil {
			all = append(all, p)
		}
	}
	return all
}
