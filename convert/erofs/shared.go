package erofs

import (
	"cmp"
	"slices"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// sharedTable holds the xattrs that two or more inodes have. The image stores each once, after the
// inodes, and inodes refer to it.
type sharedTable struct {
	attrs []*attr // in the order of the table
	size  int     // of the table in bytes

	// Offsets in the table of the metacopy and redirect xattrs of files, by the first node with
	// the same value. The offsets of other xattrs are in the sets.
	metacopy, redirect map[uint32]uint32
}

// collectShared makes the table of the xattrs that several inodes have, even of short ones.
func (p *plan) collectShared(metacopies, redirects []uint32) {
	counts := map[tree.Xattr]uint32{}
	for _, set := range p.sets {
		for i := range set.attrs {
			counts[set.attrs[i].xattr()] += set.count
		}
	}
	t := &p.shared
	for x, n := range counts {
		if n > 1 {
			a := newAttr(x.Name, x.Value)
			t.attrs = append(t.attrs, &a)
		}
	}
	for _, first := range metacopies {
		a := emptyMetacopy
		a.first = first
		a.setDigest(p.nodes[first].inode)
		t.attrs = append(t.attrs, &a)
	}
	for _, first := range redirects {
		a := emptyRedirect
		a.first = first
		a.setPath(p.nodes[first].inode)
		t.attrs = append(t.attrs, &a)
	}
	// No two are equal, so the order does not depend on the map's.
	slices.SortFunc(t.attrs, func(a, b *attr) int { return compareShared(b, a) })
	p.placeShared()
}

// compareShared compares by name, then length of the value, then its bytes. The
// table is in descending order.
func compareShared(a, b *attr) int {
	if c := strings.Compare(a.name, b.name); c != 0 {
		return c
	}
	if c := cmp.Compare(a.entry.ValueSize, b.entry.ValueSize); c != 0 {
		return c
	}
	byDigest := a.kind == metacopy // and so is b: no other has that name and size
	if a.kind == redirect {
		byDigest = a.file.Payload == tree.ByDigest && b.file.Payload == tree.ByDigest // digits sort as bytes do
	}
	switch {
	case byDigest:
		return a.file.Digest.Compare(b.file.Digest)
	case a.kind == redirect:
		return strings.Compare(a.file.BackingPath(), b.file.BackingPath())
	}
	return strings.Compare(a.value, b.value)
}

// placeShared assigns the offsets of the table's entries and records them in the sets and, for
// metacopy and redirect, in the table's maps.
func (p *plan) placeShared() {
	t := &p.shared
	t.metacopy, t.redirect = map[uint32]uint32{}, map[uint32]uint32{}
	plainAt := map[tree.Xattr]uint32{}
	for _, a := range t.attrs {
		switch a.kind {
		case metacopy:
			t.metacopy[a.first] = uint32(t.size)
		case redirect:
			t.redirect[a.first] = uint32(t.size)
		default:
			plainAt[a.xattr()] = uint32(t.size)
		}
		t.size += a.size()
	}
	for _, set := range p.sets {
		for i := range set.attrs {
			a := &set.attrs[i]
			a.offset, a.shared = plainAt[a.xattr()]
		}
	}
}
