package fsck

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// list finds all objects of a pool, with the facts in directories: name, inode and type.
func (c *checker) list(p *poolCheck) {
	dir := p.store.PoolObjects()
	shards, err := readShards(dir, func(name, uint64) {})
	c.each(len(shards), func(i int) {
		if err := p.listShard(dir, shards[i]); err != nil && !errors.Is(err, fs.ErrNotExist) {
			c.unlisted(p, err)
		}
	})
	if err != nil {
		c.unlisted(p, err)
	}
}

func (c *checker) unlisted(p *poolCheck, err error) {
	c.add(&Finding{Kind: ObjectDamaged, Severity: Damage, Store: root(p.store), Detail: fmt.Sprintf("the pool cannot be listed: %v", err)})
}

// listShard finds the objects in one of the directories.
func (p *poolCheck) listShard(dir, shard string) error {
	var digests []verity.Digest
	var found []object
	err := readShard(dir, shard, func(n name, inode uint64, kind byte) {
		if n.other == "" { // other names are temporary
			digests = append(digests, n.digest)
			found = append(found, object{inode: inode, size: -1, regular: kind == unix.DT_REG})
		}
	})
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, d := range digests {
		p.objects[d] = &found[i]
		if !found[i].regular { // some file systems have no types in directories
			p.stat(d, &found[i])
		}
	}
	return err
}

// checkPool adds findings for garbage in a pool. It runs after the layers are read.
func (c *checker) checkPool(ctx context.Context, p *poolCheck) error {
	garbage := &Finding{Kind: Garbage, Severity: Info, Store: root(p.store), Detail: "no layer has it; it is collected when a layer is removed"}
	count := func(path string, links uint64, size int64) {
		if links == 1 {
			garbage.Count++
			garbage.Bytes += size
			garbage.Paths = append(garbage.Paths, path)
		}
	}
	for _, d := range p.unlinked() {
		if err := ctx.Err(); err != nil {
			return err
		}
		o := p.objects[d]
		links := p.stat(d, o)
		count(p.reader.ObjectPath(d), links, o.size)
	}
	err := p.reader.WalkImages(ctx, func(d verity.Digest, info objects.Info) error {
		count(p.reader.ImagePath(d), info.Links, info.Size)
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

// unlinked returns the objects without a known layer, sorted.
func (p *poolCheck) unlinked() (all []verity.Digest) {
	for d, o := range p.objects {
		if o.inode != 0 && !o.linked {
			all = append(all, d)
		}
	}
	slices.SortFunc(all, verity.Digest.Compare)
	return all
}

// checkNotes adds findings for the notes in a pool.
func (c *checker) checkNotes(p *poolCheck) {
	entries, _ := os.ReadDir(p.store.PoolLayers()) // may be missing
	gone := &Finding{Kind: LayerGone, Severity: Info, Store: root(p.store), Detail: "the layer was removed, but its objects are not yet collected"}
	for _, e := range entries {
		if _, err := os.Lstat(filepath.Join(p.store.Home, e.Name())); errors.Is(err, fs.ErrNotExist) {
			gone.Layers = append(gone.Layers, e.Name())
		}
	}
	if len(gone.Layers) > 0 {
		c.add(gone)
	}
}
