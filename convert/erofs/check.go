package erofs

import (
	"fmt"
	"math"
	"math/bits"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/erofs/internal/disk"
	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// Limits of the format.
const (
	// contentMax is the largest inline content in bytes (LCFS_INLINE_CONTENT_MAX). Writers
	// inline less.
	contentMax = 5000

	targetMax = 4095 // a symlink's target in bytes (PATH_MAX less its NUL)

	// A chunk has at least a block and at most 2^chunkBitsMax bytes, the largest size of the
	// chunk format; a file has at most chunksMax chunks.
	chunkBitsMax = disk.BlockBits + disk.ChunkBitsMask
	chunksMax    = 1024

	xattrAreaMax = disk.XattrHeaderSize + (math.MaxUint16-1)*disk.XattrRefSize
)

// checkInode returns the reason why the image cannot hold n, or nil. Whiteouts and opaque
// directories of a layer belong into layer images only: an image that is mounted alone would show
// deleted files.
func (p *plan) checkInode(n *tree.Inode) error {
	if p.opts.Format == Layer {
		if n.Type() == tree.TypeWhiteout {
			return checkXattrs(n.Xattrs)
		}
	} else if n.Type() == tree.TypeWhiteout || n.Dir != nil && n.Dir.Opaque {
		return fmt.Errorf("%w: a layer's whiteout or opaque directory", ErrTree)
	}
	return checkInode(n)
}

// checkInode returns the reason why the format cannot hold n, or nil.
func checkInode(n *tree.Inode) error {
	if n.IsDir() != (n.Dir != nil) {
		return fmt.Errorf("%w: a directory without a Dir, or a Dir without a directory", ErrTree)
	}
	if n.Mode > math.MaxUint16 {
		return fmt.Errorf("%w: mode %#o", ErrTree, n.Mode)
	}
	if err := checkXattrs(n.Xattrs); err != nil {
		return err
	}
	switch n.Type() {
	case tree.TypeRegular:
		switch {
		case n.Content != "" && uint64(len(n.Content)) != n.Size:
			return fmt.Errorf("%w: %d bytes of content, size %d", ErrTree, len(n.Content), n.Size)
		case len(n.Content) > contentMax:
			return fmt.Errorf("%w: %d bytes of inline content, at most %d are possible", ErrTree, len(n.Content), contentMax)
		case n.IsExternal() && chunkCount(n.Size) > chunksMax:
			return fmt.Errorf("%w: %d bytes", ErrTooLarge, n.Size)
		case n.Payload == tree.ByDigest && !n.Digest.IsZero():
		case strings.IndexByte(n.Payload, 0) >= 0 || len(n.Payload) > targetMax:
			return fmt.Errorf("%w: backing path %q", ErrTree, n.Payload)
		}
	case tree.TypeSymlink:
		if n.Payload == "" || len(n.Payload) > targetMax || strings.IndexByte(n.Payload, 0) >= 0 {
			return fmt.Errorf("%w: symlink target %q", ErrTree, n.Payload)
		}
	case tree.TypeDir, tree.TypeChar, tree.TypeBlock, tree.TypeFifo, tree.TypeSocket:
	default:
		return fmt.Errorf("%w: mode %#o has no known file type", ErrTree, n.Mode)
	}
	return nil
}

// checkXattrs checks names, order and the size of the area in the worst case: no xattr is shared,
// every name is escaped, and the writer adds all of its own.
func checkXattrs(xattrs tree.Xattrs) error {
	area := 0
	for i, x := range xattrs {
		if x.Name == "" || len(x.Name) > tree.NameMax || strings.IndexByte(x.Name, 0) >= 0 {
			return fmt.Errorf("%w: xattr name %q", ErrTree, x.Name)
		}
		if i > 0 && xattrs[i-1].Name >= x.Name {
			return fmt.Errorf("%w: xattrs not sorted at %q", ErrTree, x.Name)
		}
		if len(x.Value) > math.MaxUint16 {
			return fmt.Errorf("%w: xattr %q has %d bytes, at most %d are possible", ErrTree, x.Name, len(x.Value), math.MaxUint16)
		}
		area += len(x.Name) + len(x.Value) + 16
	}
	const added = 8 << 10 // redirect with the longest path, metacopy, whiteout marks
	if area+added > xattrAreaMax {
		return fmt.Errorf("%w: xattrs take %d bytes, at most %d are possible", ErrTree, area, xattrAreaMax-added)
	}
	return nil
}

func hasACL(xattrs tree.Xattrs) bool {
	for _, x := range xattrs {
		if x.Name == "system.posix_acl_access" || x.Name == "system.posix_acl_default" {
			return true
		}
	}
	return false
}

// chunkBits returns the log2 of the chunk size of an external file: one chunk
// for the whole file if that is possible.
func chunkBits(size uint64) int {
	return min(max(bits.Len64(size-1), disk.BlockBits), chunkBitsMax)
}

// chunkCount returns the number of chunks of an external file. As in mkcomposefs, the sum wraps for
// sizes above 2^64-2^43; such files have no chunk.
func chunkCount(size uint64) uint64 {
	chunk := uint64(1) << chunkBits(size)
	return (size + chunk - 1) / chunk
}

// check visits the tree's inodes depth first and returns the first mistake. mkcomposefs has the
// same order and reports the same mistake.
func (p *plan) check() error {
	budgets := map[uint32]*budget{}
	for stack := []uint32{0}; len(stack) > 0; {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		n := &p.nodes[i]
		if n.inode == p.generated {
			continue
		}
		if err := p.checkInode(n.inode); err != nil {
			return p.entryError(i, err)
		}
		if p.opts.MkcomposefsBudget && p.isWhiteout(n.inode) {
			if err := p.chargeWhiteout(budgets, i); err != nil {
				return p.entryError(i, err)
			}
		}
		for c := n.child + n.children; c > n.child; c-- {
			stack = append(stack, c-1)
		}
	}
	return nil
}

// budget imitates the way mkcomposefs counts the xattrs that it adds to a node: the count starts
// without the xattrs of the node, but replacing one of them subtracts it, so the count can wrap.
type budget struct {
	xattrs tree.Xattrs
	used   uint64
}

// Costs of an xattr in mkcomposefs, and the limit of a node.
const (
	budgetBase, budgetEach, budgetMax = 12, 7, 32767
)

func (b *budget) set(name, value string) error {
	if old, ok := b.xattrs.Get(name); ok {
		b.xattrs = b.xattrs.Without(name)
		b.used -= budgetEach + uint64(len(name)) + uint64(len(old))
		if len(b.xattrs) == 0 {
			b.used = 0
		}
	}
	cost := budgetEach + uint64(len(name)) + uint64(len(value))
	if len(b.xattrs) == 0 {
		cost += budgetBase
	}
	if b.used+cost > budgetMax {
		return ErrXattrBudget
	}
	b.used += cost
	b.xattrs = b.xattrs.With(name, value)
	return nil
}

// chargeWhiteout imitates the marking of whiteout i and of its directory.
func (p *plan) chargeWhiteout(budgets map[uint32]*budget, i uint32) error {
	charge := func(i uint32, marks []tree.Xattr) error {
		b := budgets[i]
		if b == nil {
			b = new(budget)
			for _, x := range p.nodes[i].inode.Xattrs {
				b.xattrs = b.xattrs.With(escapeName(x.Name), x.Value)
			}
			budgets[i] = b
		}
		for _, x := range marks {
			if err := b.set(x.Name, x.Value); err != nil {
				return err
			}
		}
		return nil
	}
	if err := charge(i, whiteoutMarks); err != nil {
		return err
	}
	return charge(p.nodes[i].parent, whiteoutDirMarks[p.version])
}
