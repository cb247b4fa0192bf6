package erofs

import (
	"encoding/binary"
	"slices"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// attrSet is a set of xattrs that inodes have in the image, metacopy and redirect
// aside. Millions of inodes have a handful of them.
type attrSet struct {
	attrs []attr
	count uint32 // of inodes that have it
}

// collectSets gives every node its set.
func (p *plan) collectSets() {
	// Inodes whose sets are equal often have the very same one; the first map
	// finds that without a look at the xattrs.
	same := map[*tree.Xattr]uint32{}
	equal := map[string]uint32{}
	var key []byte
	for i := range p.nodes {
		n := &p.nodes[i]
		var first *tree.Xattr
		if xattrs := n.inode.Xattrs; len(xattrs) > 0 && p.marksOf(i) == nil {
			first = &xattrs[0]
		}
		set, ok := same[first]
		if !ok || first == nil || len(p.sets[set].attrs) != len(n.inode.Xattrs) {
			attrs := p.ownAttrs(i)
			key = appendKey(key[:0], attrs)
			if set, ok = equal[string(key)]; !ok {
				set = uint32(len(p.sets))
				p.sets = append(p.sets, attrSet{attrs: slices.Clone(attrs)})
				equal[string(key)] = set
			}
			if len(same) < sameMax {
				same[first] = set
			}
		}
		n.attrs = set
		p.sets[set].count++
	}
}

// sameMax bounds the map of sets that are found by their place in memory.
const sameMax = 1 << 14

// appendKey appends bytes that no other set of xattrs gives.
func appendKey(b []byte, attrs []attr) []byte {
	for i := range attrs {
		a := &attrs[i]
		b = append(append(b, a.name...), 0)
		b = binary.LittleEndian.AppendUint16(b, a.entry.ValueSize)
		b = append(b, a.value...)
	}
	return b
}
