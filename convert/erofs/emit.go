package erofs

import (
	"encoding/binary"

	"github.com/composefs-storage/composefs-storage/convert/erofs/internal/disk"
	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// emitter turns a plan into bytes. It runs twice over the same code. The measuring run counts
// lengths and records each inode's place in the plan. The writing run uses these places in
// references.
type emitter struct {
	*plan
	out *output

	// Scratch, each valid until the next use.
	dirents            []dirent
	attrs              []*attr
	metacopy, redirect attr
}

func (p *plan) emitter(out *output) *emitter {
	return &emitter{plan: p, out: out, metacopy: emptyMetacopy, redirect: emptyRedirect}
}

// measure computes all places.
func (p *plan) measure() {
	e := p.emitter(&output{measuring: true})
	e.emitHeaders()
	e.emitInodes(0, len(p.nodes))
	p.inodesEnd = e.out.offset
	e.emitShared()
	p.dataStart = e.out.offset
	e.emitBlocks(0, len(p.nodes))
	p.size = e.out.offset
}

func (e *emitter) emitHeaders() {
	o := e.out
	if b := o.next(disk.HeaderSize); b != nil {
		h := disk.Header{
			Magic:            disk.ComposefsMagic,
			Version:          disk.HeaderVersion,
			ComposefsVersion: e.version,
		}
		if e.hasACL {
			h.Flags |= disk.HeaderHasACL
		}
		if e.opts.Format == Layer {
			h.Flags |= disk.HeaderLayer
		}
		h.Put(b)
	}
	o.padTo(disk.SuperblockOffset)
	if b := o.next(disk.SuperblockSize); b != nil {
		s := disk.Superblock{
			Magic:         disk.SuperMagic,
			UUID:          e.opts.UUID,
			FeatureCompat: disk.CompatMtime | disk.CompatXattrFilter,
			BlockBits:     disk.BlockBits,
			RootNid:       uint16(e.nid(0)),
			Inodes:        uint64(len(e.nodes)),
			BuildTime:     e.minSec,
			BuildTimeNsec: e.minNsec,
			Blocks:        uint32(e.size / disk.BlockSize),
			XattrBlock:    uint32(e.inodesEnd / disk.BlockSize),
		}
		s.Put(b)
	}
}

// emitInodes emits the inodes with indices in [from, to), and zeros up to the next inode.
func (e *emitter) emitInodes(from, to int) {
	for i := from; i < to; i++ {
		e.emitInode(i)
	}
	if to < len(e.nodes) && !e.out.measuring {
		e.out.padTo(e.nodes[to].pos)
		return
	}
	e.out.align(disk.SlotSize)
}

// emitInode emits inode i with its xattrs and tail.
func (e *emitter) emitInode(i int) {
	o := e.out
	node := &e.nodes[i]
	attrs := e.imageAttrs(i)
	area := measureArea(attrs)
	x := e.extentOf(i)
	size := disk.CompactSize
	extended := e.isExtended(i, x)
	if extended {
		size = disk.ExtendedSize
	}
	pos, x := place(o.offset, size+area.size, x)
	if o.measuring {
		node.pos, node.blocks = pos, x.blocks
	} else if node.pos != pos {
		panic("erofs: internal error: an inode moved between measuring and writing")
	}
	o.padTo(pos)
	if b := o.next(size); b != nil {
		d := e.diskInode(i, x)
		d.Extended, d.XattrCount = extended, disk.XattrCount(area.size)
		d.Put(b)
	}
	if b := o.next(area.size); b != nil {
		e.putArea(b, attrs, area)
	}
	if b := o.next(x.tail); b != nil {
		e.putTail(b, i)
	}
}

// isExtended reports whether inode i needs the 64-byte form. x is its extent before it is placed.
func (p *plan) isExtended(i int, x extent) bool {
	const max16, max32 = 1<<16 - 1, 1<<32 - 1
	n := p.nodes[i].inode
	size := n.Size
	switch {
	case n.IsDir():
		size = x.size()
	case n.Type() == tree.TypeSymlink:
		size = uint64(len(n.Payload))
	case p.isWhiteout(n):
		size = 0
	}
	return n.MtimeSec != p.minSec || n.MtimeNsec != p.minNsec ||
		p.nodes[i].nlink() > max16 || n.UID > max16 || n.GID > max16 || size > max32
}

// diskInode returns inode i in the form of the image, given its final extent.
func (p *plan) diskInode(i int, x extent) disk.Inode {
	node := &p.nodes[i]
	n := node.inode
	d := disk.Inode{
		Mode: p.mode(n), Nlink: node.nlink(), Ino: uint32(i),
		UID: n.UID, GID: n.GID, Mtime: n.MtimeSec, MtimeNsec: n.MtimeNsec,
	}
	if x.tail > 0 {
		d.Layout = disk.FlatInline
	}
	if x.blocks > 0 {
		d.U = node.block
	}
	switch n.Type() {
	case tree.TypeDir:
		d.Size = x.size()
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
func (e *emitter) putTail(b []byte, i int) {
	node := &e.nodes[i]
	n := node.inode
	switch {
	case n.IsDir():
		var last []dirent
		for entries := range blocksOf(e.listDir(i)) {
			last = entries
		}
		e.putDirents(b, last)
	case n.Type() == tree.TypeSymlink:
		copy(b, n.Payload)
	case n.IsExternal():
		putHoles(b)
	default:
		copy(b, n.Content[len(n.Content)-len(b):])
	}
}

// emitBlocks emits the data blocks of the inodes with indices in [from, to).
func (e *emitter) emitBlocks(from, to int) {
	for i := from; i < to; i++ {
		if e.nodes[i].blocks > 0 {
			e.emitBlocksOf(i)
		}
	}
}

func (e *emitter) emitBlocksOf(i int) {
	o := e.out
	node := &e.nodes[i]
	if o.measuring {
		node.block = uint32(o.offset / disk.BlockSize)
	}
	n := node.inode
	if n.IsDir() {
		e.emitDirBlocks(i)
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

func (e *emitter) emitDirBlocks(i int) {
	o := e.out
	if o.measuring {
		o.padTo(o.offset + int64(e.nodes[i].dirBlocks)*disk.BlockSize)
		return
	}
	left := e.nodes[i].dirBlocks
	for entries := range blocksOf(e.listDir(i)) {
		if left == 0 {
			return // the rest is the tail
		}
		left--
		e.putDirents(o.next(disk.BlockSize), entries)
	}
}

// emitShared emits the shared xattrs, and zeros up to the first data block.
func (e *emitter) emitShared() {
	for _, a := range e.shared.attrs {
		if b := e.out.next(a.size()); b != nil {
			a.put(b)
		}
	}
	e.out.align(disk.BlockSize)
}

// putHoles fills b with chunk addresses that stand for no blocks.
func putHoles(b []byte) {
	for ; len(b) > 0; b = b[4:] {
		binary.LittleEndian.PutUint32(b, disk.HoleAddress)
	}
}
