package fsck

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
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
	extra   []file                   // of layers, that are not the pool's
	images  map[uint64]verity.Digest // by inode
}

// object is what the pool has by a digest, and what is wanted of it.
type object struct {
	inode uint64 // 0 if it has none
	size  int64

	regular bool
	sealed  bool // an image says that it is
}

// poolOf returns the pool of a store.
func (c *checker) poolOf(s chain.Store) *pool {
	if p := c.pools[s.Home]; p != nil {
		return p
	}
	p := &pool{store: s, objects: map[verity.Digest]*object{}, images: map[uint64]verity.Digest{}}
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

// object returns what the pool has by a digest, which is looked up once. sealed says that
// an image promises it to have fs-verity.
func (p *pool) object(d verity.Digest, sealed bool) object {
	p.mu.Lock()
	defer p.mu.Unlock()
	o := p.objects[d]
	if o == nil {
		o = &object{}
		var st unix.Stat_t
		if p.reader != nil && unix.Fstatat(p.fd, objects.Path(d), &st, unix.AT_SYMLINK_NOFOLLOW) == nil {
			o.inode, o.size, o.regular = st.Ino, st.Size, isRegular(&st)
		}
		p.objects[d] = o
	}
	o.sealed = o.sealed || sealed
	return *o
}

// addFile adds a file of a layer that is not the pool's.
func (p *pool) addFile(f file) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.extra = append(p.extra, f)
}

// checkPool has all of a pool checked, and tells what is left over in it.
func (c *checker) checkPool(ctx context.Context, p *pool) error {
	garbage := &Finding{Kind: Garbage, Severity: Info, Store: root(p.store), Detail: "no layer has it; it is collected when a layer is removed"}
	count := func(path string, info objects.Info) {
		if info.Links == 1 {
			garbage.Count++
			garbage.Bytes += info.Size
			garbage.Paths = append(garbage.Paths, path)
		}
	}
	err := p.reader.Walk(ctx, func(d verity.Digest, info objects.Info) error {
		p.object(d, false)
		count(p.reader.ObjectPath(d), info)
		return nil
	})
	if err != nil {
		c.add(&Finding{Kind: ObjectDamaged, Severity: Damage, Store: root(p.store), Detail: fmt.Sprintf("the pool cannot be listed: %v", err)})
	}
	err = p.reader.WalkImages(ctx, func(d verity.Digest, info objects.Info) error {
		count(p.reader.ImagePath(d), info)
		return nil
	})
	if err != nil {
		return err
	}
	if garbage.Count > 0 {
		c.add(garbage)
	}
	c.checkNotes(p)
	return nil
}

// checkNotes tells of what the pool has notes.
func (c *checker) checkNotes(p *pool) {
	entries, _ := os.ReadDir(filepath.Join(p.store.Pool(), "layers")) // there need not be any
	gone := &Finding{Kind: LayerGone, Severity: Info, Store: root(p.store), Detail: "the layer was removed, and what it had in the pool not collected yet"}
	for _, e := range entries {
		if _, err := os.Lstat(filepath.Join(p.store.Home, e.Name())); errors.Is(err, fs.ErrNotExist) {
			gone.Layers = append(gone.Layers, e.Name())
		}
	}
	if len(gone.Layers) > 0 {
		c.add(gone)
	}
	waiting, _ := p.reader.Damaged()
	for _, d := range waiting {
		c.add(&Finding{Kind: Waiting, Severity: Info, Store: root(p.store), Object: objects.Path(d), Detail: "the content is damaged; the next layer that brings it repairs it"})
	}
}
