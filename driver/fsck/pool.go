package fsck

import (
	"context"
	"path/filepath"
	"slices"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/chain"
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
	if r, err := objects.OpenReadOnly(s.Pool()); err == nil {
		p.fd, err = unix.Open(filepath.Join(s.Pool(), "objects"), unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		if err != nil {
			_ = r.Close() // open for reading
			return p
		}
		p.reader = r
		_ = r.WalkImages(context.Background(), func(d verity.Digest, _ objects.Info) error { // else none is known
			var st unix.Stat_t
			if unix.Lstat(r.ImagePath(d), &st) == nil {
				p.images[st.Ino] = d
			}
			return nil
		})
	}
	return p
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
