package survey

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// fileID identifies a file.
type fileID struct{ dev, ino uint64 }

func identify(info fs.FileInfo) (id fileID, links uint64) {
	st := info.Sys().(*syscall.Stat_t)
	return fileID{uint64(st.Dev), st.Ino}, uint64(st.Nlink) //nolint:unconvert // narrower on some architectures
}

// object is a file in the object directories of layers.
type object struct {
	size   int64
	links  uint64 // all links of the file
	names  uint64 // links in the measured layers
	pooled bool   // one link is in the pool
}

type objectSet map[fileID]*object

// addLayer adds the files in the object directory of a layer. Most of them have the same name in the
// pool, but files of stock containers/storage have other names.
func (s objectSet) addLayer(l chain.Layer) error {
	diff, pool := l.Diff(), l.Store.PoolObjects()
	return filepath.WalkDir(diff, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		id, links := identify(info)
		o := s[id]
		if o == nil {
			o = &object{size: info.Size(), links: links}
			s[id] = o
		}
		o.names++
		if !o.pooled {
			same, err := os.Lstat(pool + path[len(diff):])
			o.pooled = err == nil && os.SameFile(info, same)
		}
		return nil
	})
}

func (s objectSet) addAll(other objectSet) {
	for id, o := range other {
		if s[id] == nil {
			s[id] = &object{size: o.size, links: o.links}
		}
		s[id].names += o.names
		s[id].pooled = s[id].pooled || o.pooled
	}
}

// sum returns the amount of all objects, and of those that have no other links than the counted ones.
func (s objectSet) sum() (all, unique Amount) {
	for _, o := range s {
		all.add(o.size)
		known := o.names
		if o.pooled {
			known++
		}
		if o.links <= known {
			unique.add(o.size)
		}
	}
	return all, unique
}

// PoolSizes contains the sizes of a pool.
type PoolSizes struct {
	Objects Amount
	Images  Amount // merged images

	Algorithm verity.Algorithm // of the names of objects

	// Saved is the number of bytes that sharing saves: the size of each object for each link after
	// the pool's and the first layer's. An object of a stock layer may have two links in one layer;
	// both count.
	Saved int64
}

// PoolOf measures the pool of a store. The error wraps [fs.ErrNotExist] if the store has no pool.
func PoolOf(ctx context.Context, s chain.Store) (p PoolSizes, err error) {
	pool, err := objects.OpenReadOnly(s.Pool())
	if err != nil {
		return p, err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	p.Algorithm = pool.Algorithm()
	err = pool.Walk(ctx, func(_ verity.Digest, info objects.Info) error {
		p.Objects.add(info.Size)
		if info.Links > 2 {
			p.Saved += info.Size * int64(info.Links-2)
		}
		return nil
	})
	if err != nil {
		return p, err
	}
	return p, pool.WalkImages(ctx, func(_ verity.Digest, info objects.Info) error {
		p.Images.add(info.Size)
		return nil
	})
}
