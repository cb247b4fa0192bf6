package erofs

import (
	"encoding/binary"

	"github.com/composefs-storage/composefs-storage/convert/erofs/internal/disk"
	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// emit emits the image. It runs twice over the same code: measuring, where only
// lengths count and each inode's place is noted, and writing, where those places
// are known to everything that refers to them.
func (p *plan) emit(o *output) error {
	p.emitHeaders(o)
	for i := range p.nodes {
		p.emitInode(o, i)
	}
	o.align(disk.SlotSize)
	p.inodesEnd = o.offset
	p.emitShared(o)
	o.align(disk.BlockSize)
	for i := range p.nodes {
		p.emitBlocks(o, i)
	}
	p.size = o.offset
	return o.err
}

func (p *plan) emitHeaders(o *output) {
	if b := o.next(disk.HeaderSize); b != nil {
		h := disk.Header{
			Magic:            disk.ComposefsMagic,
			Version:          disk.HeaderVersion,
			ComposefsVersion: p.version,
		}
		if p.hasACL {
			h.Flags |= disk.HeaderHasACL
		}
		h.Put(b)
	}
	o.padTo(disk.SuperblockOffset)
	if b := o.next(disk.SuperblockSize); b != nil {
		s := disk.Superblock{
			Magic:         disk.SuperMagic,
			FeatureCompat: disk.CompatMtime | disk.CompatXattrFilter,
			BlockBits:     disk.BlockBits,
			RootNid:       uint16(p.nid(0)),
			Inodes:        uint64(len(p.nodes)),
			BuildTime:     p.minSec,
			BuildTimeNsec: p.minNsec,
			Blocks:        uint32(p.size / disk.BlockSize),
			XattrBlock:    uint32(p.inodesEnd / disk.BlockSize),
		}
		s.Put(b)
	}
}

// emitInode emits inode i with its xattrs and tail.
func (p *plan) emitInode(o *output, i int) {
	node := &p.nodes[i]
	attrs := p.imageAttrs(i)
	area := p.measureArea(attrs)
	e := p.extentOf(i)
	size := disk.CompactSize
	extended := p.isExtended(i, e)
	if extended {
		size = disk.ExtendedSize
	}
	pos, e := place(o.offset, size+area.size, e)
	if o.measuring {
		node.pos, node.blocks = pos, e.blocks
	} else if node.pos != pos {
		panic("erofs: internal error: an inode moved between measuring and writing")
	}
	o.padTo(pos)
	if b := o.next(size); b != nil {
		d := p.diskInode(i, e)
		d.Extended, d.XattrCount = extended, disk.XattrCount(area.size)
		d.Put(b)
	}
	if b := o.next(area.size); b != nil {
		p.putArea(b, attrs, area)
	}
	if b := o.next(e.tail); b != nil {
		p.putTail(b, i)
	}
}

// isExtended reports whether inode i needs the 64-byte form. That is decided
// before place moves anything.
func (p *plan) isExtended(i int, e extent) bool {
	const max16, max32 = 1<<16 - 1, 1<<32 - 1
	n := p.nodes[i].inode
	size := n.Size
	switch {
	case n.IsDir():
		size = e.size()
	case n.Type() == tree.TypeSymlink:
		size = uint64(len(n.Payload))
	case p.isWhiteout(n):
		size = 0
	}
	return n.MtimeSec != p.minSec || n.MtimeNsec != p.minNsec ||
		p.nlink(i) > max16 || n.UID > max16 || n.GID > max16 || size > max32
}

// diskInode returns inode i as it is recorded, given its final extent.
func (p *plan) diskInode(i int, e extent) disk.Inode {
	node := &p.nodes[i]
	n := node.inode
	d := disk.Inode{
		Mode: p.mode(n), Nlink: p.nlink(i), Ino: uint32(i),
		UID: n.UID, GID: n.GID, Mtime: n.MtimeSec, MtimeNsec: n.MtimeNsec,
	}
	if e.tail > 0 {
		d.Layout = disk.FlatInline
	}
	if e.blocks > 0 {
		d.U = node.block
	}
	switch n.Type() {
	case tree.TypeDir:
		d.Size = e.size()
	case tree.TypeSymlink:
		d.Size = uint64(len(n.Payload))
	case tree.TypeRegular:
		d.Size = n.Size
		if n.IsExternal() {
			d.Layout = disk.ChunkBased
			// The low half is the chunk format. mkcomposefs leaves the high
			// half of a block address in place.
			d.U = d.U&^0xffff | uint32(chunkBits(n.Size)-disk.BlockBits)
		}
	case tree.TypeChar, tree.TypeBlock:
		d.U = n.Rdev
	}
	return d
}

// putTail fills in the part of a content that follows its inode.
func (p *plan) putTail(b []byte, i int) {
	n := p.nodes[i].inode
	switch {
	case n.IsDir():
		var last []dirent
		for entries := range blocksOf(p.listDir(i)) {
			last = entries
		}
		p.putDirents(b, last)
	case n.Type() == tree.TypeSymlink:
		copy(b, n.Payload)
	case n.IsExternal():
		putHoles(b)
	default:
		copy(b, n.Content[len(n.Content)-len(b):])
	}
}

// emitBlocks emits the data blocks of inode i.
func (p *plan) emitBlocks(o *output, i int) {
	node := &p.nodes[i]
	if node.blocks == 0 {
		return
	}
	if o.measuring {
		node.block = uint32(o.offset / disk.BlockSize)
	}
	n := node.inode
	if n.IsDir() {
		p.emitDirBlocks(o, i)
		return
	}
	b := o.next(int(node.blocks) * disk.BlockSize)
	switch {
	case b == nil:
	case n.Type() == tree.TypeSymlink:
		copy(b, n.Payload)
	case n.IsExternal():
		putHoles(b)
	default:
		copy(b, n.Content)
	}
}

func (p *plan) emitDirBlocks(o *output, i int) {
	if o.measuring {
		o.padTo(o.offset + int64(p.nodes[i].dirBlocks)*disk.BlockSize)
		return
	}
	left := p.nodes[i].dirBlocks
	for entries := range blocksOf(p.listDir(i)) {
		if left == 0 {
			return // what remains is the tail
		}
		left--
		p.putDirents(o.next(disk.BlockSize), entries)
	}
}

// emitShared emits the shared xattrs.
func (p *plan) emitShared(o *output) {
	if o.measuring {
		o.padTo(o.offset + int64(p.shared.size))
		return
	}
	for i := range p.shared.attrs {
		a := &p.shared.attrs[i]
		putAttr(o.next(attrSize(a)), a)
	}
}

// putHoles fills b with chunk addresses that stand for no blocks.
func putHoles(b []byte) {
	for ; len(b) > 0; b = b[4:] {
		binary.LittleEndian.PutUint32(b, disk.HoleAddress)
	}
}
