package fsck

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
)

const layerFormat = erofs.Layer

// merged is a merged image: a file of the pool, or a link of a layer whose file the pool has lost.
type merged struct {
	pool    *poolCheck
	name    verity.Digest // its name in the pool, zero if the pool lacks it
	inode   uint64
	segment chain.Segment // of the first layer with a link; empty if only the pool has the image
	links   []string      // the links of layers
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

// findMerged returns the merged images to check, each once: those that layers have, and with
// [Options.All] those that only pools have.
func (c *checker) findMerged(ctx context.Context) (all []*merged) {
	type key struct {
		home  string
		inode uint64
	}
	seen := map[key]*merged{}
	known := images.New(c.Stores.Primary, objects.SealNever)
	for _, l := range c.layers {
		chained, err := c.Stores.Chain(l.ID)
		if err != nil || c.astray[l.ID] {
			continue // the chain of the image is unknown
		}
		s := chained.Segments()[0]
		path, err := known.Find(s)
		if err != nil {
			path = known.Place(s) // reading it reports the error
		}
		var st unix.Stat_t
		if path == "" || errors.Is(unix.Lstat(path, &st), fs.ErrNotExist) {
			continue
		}
		p := l.pool
		if strings.HasPrefix(path, c.Stores.Primary.Pool()+"/") {
			p = c.poolOf(ctx, c.Stores.Primary)
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
	for _, p := range c.allPools(ctx) {
		for _, inode := range sortedKeys(p.images) {
			if seen[key{p.store.Home, inode}] == nil {
				all = append(all, &merged{pool: p, name: p.images[inode], inode: inode})
			}
		}
	}
	return all
}

// checkImage checks the content of a merged image, its digest and its objects.
func (c *checker) checkImage(ctx context.Context, m *merged) {
	f, err := openFile(m.path())
	if errors.Is(err, fs.ErrNotExist) {
		return // removed since
	}
	if err != nil {
		c.addMerged(m, MergedDamaged, bare(err))
		return
	}
	defer f.Close() //nolint:errcheck // open for reading
	is, sealed, err := readMerged(ctx, m, f)
	switch {
	case err != nil:
	case m.name == verity.Digest{} && (m.pool.reader == nil || !exists(m.pool.reader.ImagePath(is))):
		err = fmt.Errorf("the pool has no image of its digest, %s", is)
	case m.name != verity.Digest{} && is != m.name:
		err = fmt.Errorf("its content has digest %s", is)
	}
	var difference string
	if err == nil {
		var same bool
		same, difference = c.compareMerged(ctx, m, is)
		if !same || !c.namedByLayers(m, sealed) {
			err = c.wantMerged(f, m, sealed)
		}
	}
	switch {
	case err != nil:
		c.addMerged(m, MergedDamaged, bare(err))
	case difference != "":
		c.addMerged(m, MergedDifferent, difference)
	}
}

// compareMerged merges the layers of a merged image and reports whether the result is the image, whose
// digest is given. Without a comparable chain of layers it returns false and no difference.
func (c *checker) compareMerged(ctx context.Context, m *merged, is verity.Digest) (same bool, difference string) {
	if len(m.links) == 0 || c.anyBad(m) {
		return false, ""
	}
	should, err := mergeDigest(ctx, m)
	switch {
	case errors.Is(err, errStock), ctx.Err() != nil, errors.Is(err, fs.ErrNotExist):
	case err != nil:
		difference = fmt.Sprintf("its layers cannot be merged: %v", err)
	case should != is:
		difference = fmt.Sprintf("its digest is %s, that of its layers %s: one of both was changed", is, should)
	default:
		same = true
	}
	return same, difference
}

// namedByLayers reports whether the check of the layers covers the objects of an image that is the
// result of merging them: in the same pool, and sealed if the image is.
func (c *checker) namedByLayers(m *merged, sealed bool) bool {
	return !slices.ContainsFunc(m.segment.Layers, func(l chain.Layer) bool {
		known := c.byID[l.ID]
		return known == nil || !known.ours() || known.pool != m.pool || sealed && !known.sealed
	})
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
