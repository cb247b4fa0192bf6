package erofs

import (
	"github.com/composefs-storage/composefs-storage/convert/erofs/internal/disk"
	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// attr is an xattr in the form of the image, prepared for encoding. metacopy and redirect, which
// nearly every file has, keep a pointer to the file instead of a value until they are written.
type attr struct {
	name   string // in full
	suffix string
	value  string      // empty for metacopy and redirect
	file   *tree.Inode // for these two: their values are made of its digest and payload
	entry  disk.XattrEntry
	kind   attrKind
	bit    uint32 // that it clears in the name filter

	shared bool   // it is in the table of shared xattrs
	offset uint32 // in the table
	first  uint32 // of a metacopy or redirect in the table: the first node that has it
}

type attrKind uint8

const (
	plain attrKind = iota
	metacopy
	redirect
)

func newAttr(name, value string) attr {
	index, suffix := disk.SplitXattrName(name)
	return attr{
		name: name, suffix: suffix, value: value, bit: disk.FilterBit(index, suffix),
		entry: disk.XattrEntry{NameLen: uint8(len(suffix)), NameIndex: index, ValueSize: uint16(len(value))},
	}
}

// The two xattrs of external files before they get a value.
var (
	emptyMetacopy = newAttr(xattrMetacopy, "")
	emptyRedirect = newAttr(xattrRedirect, "")
)

// setDigest turns a into the metacopy xattr of a file with a digest.
func (a *attr) setDigest(n *tree.Inode) {
	a.kind, a.file, a.entry.ValueSize = metacopy, n, uint16(metacopySize(n.Digest.Algorithm()))
}

// setPath turns a into the redirect xattr of a file with a payload.
func (a *attr) setPath(n *tree.Inode) {
	size := len(n.Payload)
	if n.Payload == tree.ByDigest {
		size = tree.ObjectPathSize(n.Digest)
	}
	a.kind, a.file, a.entry.ValueSize = redirect, n, uint16(1+size)
}

// setShared records a's place in the table. first is 0 for a value that no other file has.
func (a *attr) setShared(offsets map[uint32]uint32, first uint32) {
	a.shared = false
	if first != 0 {
		a.offset, a.shared = offsets[first]
	}
}

// xattr returns a, which is a plain one, as an xattr of a tree.
func (a *attr) xattr() tree.Xattr { return tree.Xattr{Name: a.name, Value: a.value} }

// size returns the size in bytes of a's entry, in the table or inline.
func (a *attr) size() int { return a.entry.DiskSize() }

// put encodes a's entry and returns the rest of b.
func (a *attr) put(b []byte) []byte {
	a.entry.Put(b)
	copy(b[disk.XattrEntrySize:], a.suffix)
	value := b[disk.XattrEntrySize+len(a.suffix):]
	switch a.kind {
	case metacopy:
		header := metacopyHeader(a.file.Digest.Algorithm())
		copy(value[copy(value, header[:]):], a.file.Digest.Bytes())
	case redirect:
		value[0] = '/'
		if n := a.file; n.Payload == tree.ByDigest {
			tree.AppendObjectPath(value[1:1], n.Digest)
		} else {
			copy(value[1:], n.Payload)
		}
	default:
		copy(value, a.value)
	}
	return b[a.size():]
}
