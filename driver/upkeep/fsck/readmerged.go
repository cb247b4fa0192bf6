package fsck

import (
	"context"
	"fmt"
	"os"

	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
)

// readMerged reads a whole merged image and returns its digest, and whether the file is sealed.
func readMerged(ctx context.Context, m *merged, f *os.File) (d verity.Digest, sealed bool, err error) {
	h := newHasher(func(int) {})
	defer h.free()
	sum := m.pool.algorithm.Spare()
	defer sum.Done()
	info, err := f.Stat()
	if err != nil {
		return d, false, err
	}
	if _, err = h.read(ctx, int(f.Fd()), sum, info.Size()); err != nil {
		return d, false, err
	}
	d = sum.Digest()
	if m.name != (verity.Digest{}) && d != m.name {
		return d, false, nil
	}
	measured, err := measure(m.pool.algorithm, f)
	if err == nil && measured != d {
		return d, true, fmt.Errorf("the kernel measures %s, its content has digest %s", measured, d)
	}
	return d, err == nil, nil
}

// wantMerged queues the objects that a merged image names for hashing.
func (c *checker) wantMerged(f *os.File, m *merged, sealed bool) error {
	img, err := images.Read(f)
	if err != nil {
		return err
	}
	return img.Walk(func(_ string, _ uint64, n *tree.Inode) error {
		if n.Type() == tree.TypeRegular && !n.Digest.IsZero() && backingName(n) == (name{digest: n.Digest}) {
			c.wantNamed(m, n.Digest, int64(n.Size), sealed)
		}
		return nil
	})
}

// wantNamed queues an object of a merged image for hashing, in each pool that has it.
func (c *checker) wantNamed(m *merged, d verity.Digest, size int64, sealed bool) {
	found := m.pool.object(d, sealed).inode != 0
	for _, l := range m.segment.Layers {
		if p := c.byID[l.ID]; p != nil && p.pool != nil && p.pool != m.pool {
			found = p.pool.object(d, sealed).inode != 0 || found
		}
	}
	if !found && len(m.segment.Layers) > 0 {
		c.lackingMerged(m.pool, d, size)
	}
}
