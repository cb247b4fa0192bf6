package erofs

import (
	"github.com/composefs-storage/composefs-storage/convert/erofs/internal/disk"
	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// extent is the room that an inode's content takes in the image: full blocks in the data area, and
// a tail in bytes that follows the inode.
type extent struct {
	blocks uint32
	tail   int
	whole  bool // a symlink's target: the tail stays in one block with the inode
}

func (e extent) size() uint64 { return uint64(e.blocks)*disk.BlockSize + uint64(e.tail) }

// extentOf returns the extent of inode i before it is placed.
func (p *plan) extentOf(i int) extent {
	node := &p.nodes[i]
	n := node.inode
	switch {
	case n.IsDir():
		return extent{blocks: node.dirBlocks, tail: int(node.dirTail)}
	case n.Type() == tree.TypeSymlink:
		return extent{tail: len(n.Payload), whole: true}
	case n.IsExternal():
		return extent{tail: 4 * int(chunkCount(n.Size))}
	case n.Type() == tree.TypeRegular:
		blocks, tail := len(n.Content)/disk.BlockSize, len(n.Content)%disk.BlockSize
		if tail > tailMax {
			blocks, tail = blocks+1, 0
		}
		return extent{blocks: uint32(blocks), tail: tail}
	}
	return extent{}
}

// place returns the position of the inode that follows offset, and its extent there. head is the
// size of the inode with its xattrs, which may cross the border of a block; the tail may not. The
// rules are those of compute_erofs_inode_padding_for_tail in lcfs-writer-erofs.c.
func place(offset int64, head int, e extent) (int64, extent) {
	pos := roundUp(offset, disk.SlotSize)
	if e.whole {
		return placeWhole(pos, head, e)
	}
	if e.tail <= roomAfter(pos+int64(head)) {
		return pos, e
	}
	padded := pos + roundUp(int64(roomAfter(pos+int64(head))), disk.SlotSize)
	if e.tail <= roomAfter(padded+int64(head)) {
		return padded, e
	}
	// Only a long list of chunks fits nowhere. It gets a block instead.
	return roundUp(pos, disk.BlockSize), extent{blocks: e.blocks + 1}
}

// placeWhole places a symlink.
func placeWhole(pos int64, head int, e extent) (int64, extent) {
	total := int64(head + e.tail)
	if pos/disk.BlockSize != (pos+total-1)/disk.BlockSize {
		pos = roundUp(pos, disk.BlockSize)
	}
	if total >= disk.BlockSize { // even if it would fit exactly
		return pos, extent{blocks: 1}
	}
	return pos, e
}

// roomAfter returns the number of bytes from offset to the end of its block.
func roomAfter(offset int64) int { return disk.BlockSize - int(offset%disk.BlockSize) }
