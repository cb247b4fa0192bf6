package erofs

import (
	"fmt"

	"github.com/composefs-storage/composefs-storage/convert/erofs/internal/disk"
	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// MemoryFactor limits the memory that an operation on an image allocates, garbage included, as a
// multiple of the image's size. A constant of 1 MiB comes on top, and the paths that [Image.Walk]
// passes on. Ordinary images need a factor below 5. The densest images hold nothing but xattrs of 4
// bytes each, or inodes of 32 bytes with names of one byte.
const MemoryFactor = 32

// access reads inodes, contents and directories of an image, and keeps nothing of them.
type access struct {
	*Image
	inodes, data pieces
}

// pieces returns n bytes of an image at an offset, valid until the next call. It returns ErrCorrupt if
// they are beyond the image's end.
type pieces interface {
	view(offset int64, n int) ([]byte, error)
}

// reader is the state of one operation on an image.
type reader struct {
	access
	least int64 // minimum number of bytes of a read
	table table

	// left is the number of bytes that may still be kept in memory. Nothing in a sound image
	// overlaps, so it never needs more than its size, while a hostile one could refer to the same
	// bytes over and over.
	left int64

	names   map[string]string      // xattr names, each kept once
	sets    map[string]tree.Xattrs // sets of xattrs, each kept once: see keepSet
	alloc   tree.Allocator
	scratch []rawXattr
	key     []byte
}

// newReader returns a reader that fetches at least least bytes at a time.
func (m *Image) newReader(least int) *reader {
	r := &reader{
		access: access{Image: m, inodes: &window{image: m, least: least}, data: &window{image: m, least: least}},
		left:   m.size, least: int64(least),
		names: map[string]string{}, sets: map[string]tree.Xattrs{},
	}
	r.table = table{reader: r, pages: map[int64][]byte{}, across: map[int64][]byte{}}
	return r
}

// spend charges n bytes of the image that are kept in memory.
func (r *reader) spend(n int64) error {
	if r.left -= n; r.left < 0 {
		return fmt.Errorf("%w: contents overlap", ErrCorrupt)
	}
	return nil
}

// record is an inode in the form of the image.
type record struct {
	disk.Inode
	nid  uint64
	tail int64 // offset of the data that follow inode and xattrs
	area int   // size of the xattrs, which end at tail
}

// record reads the inode at nid.
func (r *access) record(nid uint64) (record, error) {
	if nid > uint64(r.size)/disk.SlotSize {
		return record{}, fmt.Errorf("%w: nid %d is beyond its end", ErrCorrupt, nid)
	}
	pos := int64(nid) * disk.SlotSize
	b, err := r.inodes.view(pos, disk.CompactSize)
	if err == nil && disk.IsExtended(b) {
		b, err = r.inodes.view(pos, disk.ExtendedSize)
	}
	if err != nil {
		return record{}, err
	}
	rec := record{Inode: disk.GetInode(b), nid: nid}
	rec.area = disk.XattrAreaSize(rec.XattrCount)
	rec.tail = pos + int64(rec.DiskSize()+rec.area)
	if !rec.Extended {
		rec.Mtime, rec.MtimeNsec = r.super.BuildTime, r.super.BuildTimeNsec
	}
	switch rec.Layout {
	case disk.FlatPlain, disk.FlatInline, disk.ChunkBased:
		return rec, nil
	}
	return record{}, fmt.Errorf("%w: inode %d has layout %d", ErrUnsupported, nid, rec.Layout)
}

// isDir reports whether the inode is a directory.
func (rec *record) isDir() bool { return uint32(rec.Mode)&tree.TypeMask == tree.TypeDir }

// block returns the i-th piece of up to one block of a flat content, valid until
// the next call.
func (r *access) block(rec *record, i int64) ([]byte, error) {
	start := i * disk.BlockSize
	n := int(min(disk.BlockSize, int64(rec.Size)-start))
	if rec.Layout == disk.FlatInline && n < disk.BlockSize {
		return r.inodes.view(rec.tail, n)
	}
	return r.data.view(int64(rec.U)*disk.BlockSize+start, n)
}

// content reads a flat content of at most most bytes.
func (r *reader) content(rec *record, most uint64) (string, error) {
	if rec.Layout == disk.ChunkBased || rec.Size > most {
		return "", fmt.Errorf("%w: inode %d has %d bytes in layout %d", ErrUnsupported, rec.nid, rec.Size, rec.Layout)
	}
	if err := r.spend(int64(rec.Size)); err != nil {
		return "", err
	}
	content := make([]byte, 0, rec.Size)
	for i := int64(0); len(content) < int(rec.Size); i++ {
		b, err := r.block(rec, i)
		if err != nil {
			return "", fmt.Errorf("inode %d: %w", rec.nid, err)
		}
		content = append(content, b...)
	}
	return string(content), nil
}
