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

// isShared reports whether a becomes a reference, given how many the inode has
// already. Those beyond the limit are written in full although they are in the
// table.
func (p *plan) isShared(a *attr, refs int) (offset uint32, ok bool) {
	if refs >= disk.SharedMax {
		return 0, false
	}
	return p.shared.lookup(a)
}

func (p *plan) measureArea(attrs []attr) area {
	if len(attrs) == 0 {
		return area{}
	}
	ar := area{size: disk.XattrHeaderSize}
	for i := range attrs {
		if _, ok := p.isShared(&attrs[i], ar.shared); ok {
			ar.shared++
			ar.size += disk.XattrRefSize
		} else {
			ar.size += attrSize(&attrs[i])
		}
	}
	return ar
}

// putArea encodes attrs as measureArea found them.
func (p *plan) putArea(b []byte, attrs []attr, ar area) {
	h := disk.XattrHeader{NameFilter: ^uint32(0), SharedCount: uint8(ar.shared)}
	refs := b[disk.XattrHeaderSize:]
	inline := refs[disk.XattrRefSize*ar.shared:]
	used := 0
	// References count from the start of the block in which the table starts.
	base := uint32(p.inodesEnd % disk.BlockSize)
	for i := range attrs {
		a := &attrs[i]
		h.NameFilter &^= disk.FilterBit(disk.SplitXattrName(a.name))
		if offset, ok := p.isShared(a, used); ok {
			binary.LittleEndian.PutUint32(refs[disk.XattrRefSize*used:], (base+offset)/disk.XattrAlign)
			used++
		} else {
			inline = putAttr(inline, a)
		}
	}
	h.Put(b)
}
