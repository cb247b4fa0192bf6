package erofs

import (
	"encoding/binary"

	"github.com/composefs-storage/composefs-storage/convert/erofs/internal/disk"
)

// area is the layout of an inode's xattrs: a header, references to shared ones,
// then the others in full.
type area struct {
	size   int // in bytes, 0 without xattrs
	shared int // number of references
}

func measureArea(attrs []*attr) area {
	if len(attrs) == 0 {
		return area{}
	}
	ar := area{size: disk.XattrHeaderSize}
	for _, a := range attrs {
		if a.becomesRef(ar.shared) {
			ar.shared++
			ar.size += disk.XattrRefSize
		} else {
			ar.size += a.size()
		}
	}
	return ar
}

// becomesRef reports whether a becomes a reference, given the number of references that the inode
// has already. Shared xattrs beyond the limit are written in full.
func (a *attr) becomesRef(refs int) bool { return a.shared && refs < disk.SharedMax }

// putArea encodes attrs in the layout that measureArea returned.
func (e *emitter) putArea(b []byte, attrs []*attr, ar area) {
	h := disk.XattrHeader{NameFilter: ^uint32(0), SharedCount: uint8(ar.shared)}
	refs := b[disk.XattrHeaderSize:]
	inline := refs[disk.XattrRefSize*ar.shared:]
	used := 0
	// References count from the start of the table's first block.
	base := uint32(e.inodesEnd % disk.BlockSize)
	for _, a := range attrs {
		h.NameFilter &^= a.bit
		if a.becomesRef(used) {
			binary.LittleEndian.PutUint32(refs[disk.XattrRefSize*used:], (base+a.offset)/disk.XattrAlign)
			used++
		} else {
			inline = a.put(inline)
		}
	}
	h.Put(b)
}
