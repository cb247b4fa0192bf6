package fsck

import (
	"context"
	"fmt"

	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
)

// readMerged reads a whole merged image and returns its digest. It queues the objects that the image
// names for hashing.
func (c *checker) readMerged(ctx context.Context, m *merged) (d verity.Digest, err error) {
	f, err := openFile(m.path())
	if err != nil {
		return d, err
	}
	defer f.Close() //nolint:errcheck // open for reading
	h := newHasher(func(int) {})
	defer h.free()
	h.verity.Reset()
	info, err := f.Stat()
	if err != nil {
		return d, err
	}
	if _, err = h.read(ctx, int(f.Fd()), h.verity, info.Size()); err != nil {
		return d, err
	}
	d = h.verity.Digest()
	if m.name != (verity.Digest{}) && d != m.name {
		return d, nil
	}
	img, err := images.Read(f)
	if err != nil {
		return d, err
	}
	measured, err := measure(f)
	if err == nil && measured != d {
		return d, fmt.Errorf("the kernel measures %s, its content has digest %s", measured, d)
	}
	sealed := err == nil
	return d, img.Walk(func(_ string, _ uint64, n *tree.Inode) error {
		if n.Type() == tree.TypeRegular && n.Digest != nil && backingName(n) == (name{digest: *n.Digest}) {
			c.wantMerged(m, *n.Digest, int64(n.Size), sealed)
		}
		return nil
	})
}

// wantMerged queues an object of a merged image for hashing, in each pool that has it.
func (c *checker) wantMerged(m *merged, d verity.Digest, size int64, sealed bool) {
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
