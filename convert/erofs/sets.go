package erofs

import (
	"encoding/binary"
	"slices"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// attrSet is a set of xattrs that inodes have in the image, without metacopy and redirect.
// Millions of inodes share a handful of sets.
type attrSet struct {
	attrs []attr
	count uint32 // of inodes that have it
}

// collectSets gives every node its set.
func (p *plan) collectSets() {
	// Inodes with equal xattrs often share one slice; the first map finds it without comparing
	// xattrs.
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
			key = key[:0]
			for k := range attrs {
				key = appendKey(key, attrs[k].name, attrs[k].value)
			}
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

// sameMax limits the map of sets by address.
const sameMax = 1 << 14

// appendKey appends an xattr to the key of a set: no other set has the same key.
func appendKey[V string | []byte](key []byte, name string, value V) []byte {
	key = append(append(key, name...), 0)
	key = binary.LittleEndian.AppendUint16(key, uint16(len(value)))
	return append(key, value...)
}
