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

// fileID tells files apart.
type fileID struct{ dev, ino uint64 }

func identify(info fs.FileInfo) (id fileID, links uint64) {
	st := info.Sys().(*syscall.Stat_t)
	return fileID{uint64(st.Dev), st.Ino}, uint64(st.Nlink) //nolint:unconvert // narrower on some architectures
}

// object is a file in the object directories of layers.
type object struct {
	size   int64
	links  uint64 // in all
	names  uint64 // in the layers that are looked at
	pooled bool   // the pool has it
}

type objectSet map[fileID]*object

// addLayer adds what is in the object directory of a layer. Most names are the pool's
// too; those that stock containers/storage has given are not.
func (s objectSet) addLayer(l chain.Layer) error {
	diff, pool := l.Diff(), objectDir(l.Store)
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

// sum returns how many objects there are, and how many have no links but those that
// are known.
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

func objectDir(s chain.Store) string { return filepath.Join(s.Pool(), "objects") }

// Pool is what the pool of a store has.
type Pool struct {
	Objects Amount
	Images  Amount // merged images

	// Saved is how many bytes there would be more if each layer had files of its own:
	// the length of each object for each link but the pool's and one. Objects of stock
	// layers may have two links in one layer, and count so.
	Saved int64
}

// PoolOf measures the pool of a store. The error wraps [fs.ErrNotExist] if there is
// none.
func PoolOf(s chain.Store) (p Pool, err error) {
	pool, err := objects.OpenReadOnly(s.Pool())
	if err != nil {
		return p, err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	err = pool.Walk(context.Background(), func(_ verity.Digest, info objects.Info) error {
		p.Objects.add(info.Size)
		if info.Links > 2 {
			p.Saved += info.Size * int64(info.Links-2)
		}
		return nil
	})
	if err != nil {
		return p, err
	}
	return p, pool.WalkImages(context.Background(), func(_ verity.Digest, info objects.Info) error {
		p.Images.add(info.Size)
		return nil
	})
}
