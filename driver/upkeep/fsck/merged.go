package fsck

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
)

const layerFormat = erofs.Layer

// merged is a file that is a merged image: a link to one of the pool, or what it was.
type merged struct {
	pool    *pool
	name    verity.Digest // by which the pool has it, zero if it has not
	inode   uint64
	segment chain.Segment // of the first layer that has it; none if it is only the pool's
	links   []string      // by which layers have it
	layers  []string
}

func (m *merged) path() string {
	if len(m.links) > 0 {
		return m.links[0]
	}
	return m.pool.reader.ImagePath(m.name)
}

// checkMerged checks merged images.
func (c *checker) checkMerged(ctx context.Context, all []*merged) {
	c.each(len(all), func(i int) {
		if ctx.Err() == nil {
			c.checkImage(ctx, all[i])
		}
	})
}

// findMerged returns the merged images to check: those that layers have, each once, and
// with [Options.All] those that only pools have.
func (c *checker) findMerged() (all []*merged) {
	type key struct {
		home  string
		inode uint64
	}
	seen := map[key]*merged{}
	known := images.New(c.Stores.Primary, objects.SealNever)
	for _, l := range c.layers {
		chained, err := c.Stores.Chain(l.ID)
		if err != nil || c.astray[l.ID] {
			continue // it is not known of what it would be merged
		}
		s := chained.Segments()[0]
		path, err := known.Find(s)
		if err != nil {
			path = known.Place(s) // reading it says what is wrong
		}
		var st unix.Stat_t
		if path == "" || errors.Is(unix.Lstat(path, &st), fs.ErrNotExist) {
			continue
		}
		p := l.pool
		if strings.HasPrefix(path, c.Stores.Primary.Pool()+"/") {
			p = c.poolOf(c.Stores.Primary)
		}
		m := seen[key{p.store.Home, st.Ino}]
		if m == nil {
			m = &merged{pool: p, name: p.images[st.Ino], inode: st.Ino, segment: s}
			seen[key{p.store.Home, st.Ino}] = m
			all = append(all, m)
		}
		m.links = append(m.links, path)
		m.layers = append(m.layers, l.ID)
	}
	if !c.All {
		return all
	}
	for _, p := range c.allPools() {
		for _, inode := range sortedKeys(p.images) {
			if seen[key{p.store.Home, inode}] == nil {
				all = append(all, &merged{pool: p, name: p.images[inode], inode: inode})
			}
		}
	}
	return all
}

// checkImage checks a merged image: the file, what it should be, and its objects.
func (c *checker) checkImage(ctx context.Context, m *merged) {
	is, err := c.readMerged(m)
	if errors.Is(err, fs.ErrNotExist) {
		return // gone meanwhile
	}
	switch {
	case err != nil:
	case m.name == verity.Digest{} && (m.pool.reader == nil || !exists(m.pool.reader.ImagePath(is))):
		err = fmt.Errorf("the pool has no image of its digest, %s", is)
	case m.name != verity.Digest{} && is != m.name:
		err = fmt.Errorf("its content has digest %s", is)
	}
	if err != nil {
		c.addMerged(m, MergedDamaged, bare(err))
		return
	}
	if len(m.links) == 0 || c.anyBad(m) {
		return // there is nothing to compare it with
	}
	should, err := mergeDigest(ctx, m)
	switch {
	case errors.Is(err, errStock), ctx.Err() != nil, errors.Is(err, fs.ErrNotExist):
	case err != nil:
		c.addMerged(m, MergedDifferent, fmt.Sprintf("its layers cannot be merged: %v", err))
	case should != is:
		c.addMerged(m, MergedDifferent, fmt.Sprintf("its digest is %s, that of its layers %s: one of both was changed", is, should))
	}
}

func (c *checker) addMerged(m *merged, kind Kind, detail string) {
	f := &Finding{Kind: kind, Severity: Damage, Store: root(m.pool.store), Layers: m.layers, Paths: append([]string{}, m.links...), Detail: detail, pool: m.pool, merged: m}
	if m.pool.reader != nil && m.name != (verity.Digest{}) {
		f.Paths = append(f.Paths, m.pool.reader.ImagePath(m.name))
	}
	c.add(f)
}

func (c *checker) anyBad(m *merged) bool {
	for _, l := range m.segment.Layers {
		if known := c.byID[l.ID]; known != nil && known.bad {
			return true
		}
	}
	return false
}
