package fsck

import (
	"context"
	"slices"
	"sync/atomic"
)

// large is the size in bytes from which files are read first, so that no processor has a long one left
// at the end.
const large = 8 << 20

// queue returns the new files to hash, in the order of their inodes, which suits the disk. Large files
// come first.
func (c *checker) queue() (all []file, bytes int64) {
	for _, home := range sortedKeys(c.pools) {
		all = c.pools[home].queue(all)
	}
	for i := range all {
		if !all[i].read {
			bytes += all[i].size
		}
	}
	slices.SortFunc(all, func(a, b file) int {
		if a.size >= large || b.size >= large {
			return compare(b.size, a.size)
		}
		return compare(a.inode, b.inode)
	})
	return all, bytes
}

// queue appends the new files of a pool.
func (p *poolCheck) queue(all []file) []file {
	p.mu.Lock()
	defer p.mu.Unlock()
	all = slices.Grow(all, len(p.objects)+len(p.extra))
	for d, o := range p.objects {
		if o.queued && (o.sealQueued || !o.sealed) {
			continue
		}
		if o.size < 0 {
			p.stat(d, o)
		}
		if o.inode == 0 {
			continue
		}
		f := file{pool: p, digest: d, want: -1, inode: o.inode, size: o.size, regular: o.regular, sealed: o.sealed, read: o.queued}
		if o.by != nil {
			f.by, f.want = o.by, o.size
		}
		all = append(all, f)
		o.queued, o.sealQueued = true, o.sealed
		p.queued[o.inode] = true
	}
	for _, f := range p.extra {
		if f.want >= 0 && f.size != f.want || !p.queued[f.inode] {
			p.queued[f.inode] = true
			all = append(all, f)
		}
	}
	p.extra = nil
	return all
}

// hashAll reads all files.
func (c *checker) hashAll(ctx context.Context) {
	all, total := c.queue()
	before := c.report.Bytes
	total += before
	c.report.Bytes = total
	limit := newLimit(c.Rate)
	var done atomic.Int64
	progress := func(n int) {
		limit.wait(ctx, n)
		now := done.Add(int64(n))
		if c.Progress != nil {
			c.Progress(before+now, total)
		}
	}
	for i := range all {
		if !all[i].read {
			c.report.Objects++
		}
	}
	// Each goroutine takes several files at once, which costs less.
	const together = 32
	c.each((len(all)+together-1)/together, func(i int) {
		h := newHasher(progress)
		for j := i * together; j < min(len(all), (i+1)*together) && ctx.Err() == nil; j++ {
			c.checkFile(ctx, h, &all[j])
		}
		h.free()
	})
}
