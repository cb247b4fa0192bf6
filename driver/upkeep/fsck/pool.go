package fsck

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// poolCheck is the state of the check of a store's pool.
type poolCheck struct {
	store  chain.Store
	reader *objects.Reader // nil if the store has no pool
	fd     int             // of the directory of objects, if reader is not nil

	algorithm verity.Algorithm

	mu      sync.Mutex
	objects map[verity.Digest]*object
	extra   []file                   // files of layers that are not in the pool and not yet queued
	images  map[uint64]verity.Digest // by inode
	queued  map[uint64]bool          // inodes of queued files
}

// poolOf returns the pool of a store.
func (c *checker) poolOf(ctx context.Context, s chain.Store) *poolCheck {
	if p := c.pools[s.Home]; p != nil {
		return p
	}
	p := &poolCheck{store: s, algorithm: verity.SHA256, objects: map[verity.Digest]*object{}, images: map[uint64]verity.Digest{}, queued: map[uint64]bool{}}
	c.pools[s.Home] = p
	if err := p.open(ctx); err != nil {
		c.unreadable = errors.Join(c.unreadable, err)
	}
	return p
}

// open opens the pool if it exists. Only ENOENT means that it does not: after any other error the check
// ends, because it must not report the pool's objects as missing.
func (p *poolCheck) open(ctx context.Context) error {
	r, err := objects.OpenReadOnly(p.store.Pool())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	dir := p.store.PoolObjects()
	if p.fd, err = unix.Open(dir, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0); err != nil {
		return errors.Join(&os.PathError{Op: "open", Path: dir, Err: err}, r.Close())
	}
	p.reader, p.algorithm = r, r.Algorithm()
	return r.WalkImages(ctx, func(d verity.Digest, _ objects.Info) error {
		var st unix.Stat_t
		if unix.Lstat(r.ImagePath(d), &st) == nil {
			p.images[st.Ino] = d
		}
		return nil
	})
}

func isRegular(st *unix.Stat_t) bool { return st.Mode&unix.S_IFMT == unix.S_IFREG }

// allPools returns the pools of all stores, in the order of the stores.
func (c *checker) allPools(ctx context.Context) (all []*poolCheck) {
	for _, s := range slices.Concat(c.Stores.Writable(), c.Stores.Additional) {
		if p := c.poolOf(ctx, s); p.reader != nil {
			all = append(all, p)
		}
	}
	return all
}
