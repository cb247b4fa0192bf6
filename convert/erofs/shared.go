package erofs

import (
	"cmp"
	"slices"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/erofs/internal/disk"
	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// sharedTable holds the xattrs that two or more inodes have. They stand once,
// behind the inodes, and inodes refer to them.
//
// Nearly every file has a metacopy and a redirect of its own, so these are
// looked up by what they are made of, and no value is spelled out to find that
// it is not shared.
type sharedTable struct {
	attrs []attr // in the order of the table
	size  int    // of the table in bytes

	// Where each starts in the table.
	plain    map[tree.Xattr]uint32
	metacopy map[[32]byte]uint32
	redirect map[string]uint32
}

// lookup returns where a starts in the table, and false if it is not there.
func (t *sharedTable) lookup(a *attr) (offset uint32, ok bool) {
	switch a.kind {
	case metacopy:
		offset, ok = t.metacopy[*a.file.Digest]
	case redirect:
		offset, ok = t.redirect[a.value]
	default:
		offset, ok = t.plain[tree.Xattr{Name: a.name, Value: a.value}]
	}
	return offset, ok
}

// collectShared fills p.shared. What counts is how many inodes have an xattr,
// not how large it is.
func (p *plan) collectShared() {
	c := p.countAttrs()
	t := &p.shared
	for x, n := range c.plain {
		if n > 1 {
			t.attrs = append(t.attrs, attr{name: x.Name, value: x.Value})
		}
	}
	for path, n := range c.redirect {
		if n > 1 {
			t.attrs = append(t.attrs, attr{name: xattrRedirect, kind: redirect, value: path})
		}
	}
	for _, f := range c.metacopyTwice {
		t.attrs = append(t.attrs, attr{name: xattrMetacopy, kind: metacopy, file: f})
	}
	// The maps' order is gone after this: no two are equal.
	slices.SortFunc(t.attrs, func(a, b attr) int { return compareShared(&b, &a) })
	t.place()
}

// attrCounts says how many inodes have an xattr.
type attrCounts struct {
	plain    map[tree.Xattr]uint32
	redirect map[string]uint32

	// For metacopy: the digests seen, and a file of each that is seen twice.
	metacopy      map[[32]byte]bool
	metacopyTwice []*tree.Inode
}

func (p *plan) countAttrs() *attrCounts {
	external := 0
	for i := range p.nodes {
		if p.nodes[i].inode.IsExternal() {
			external++
		}
	}
	c := &attrCounts{
		plain:    map[tree.Xattr]uint32{},
		redirect: make(map[string]uint32, external),
		metacopy: make(map[[32]byte]bool, external),
	}
	for i := range p.nodes {
		for _, a := range p.imageAttrs(i) {
			switch a.kind {
			case metacopy:
				twice, seen := c.metacopy[*a.file.Digest]
				if seen && !twice {
					c.metacopyTwice = append(c.metacopyTwice, a.file)
				}
				c.metacopy[*a.file.Digest] = seen
			case redirect:
				c.redirect[a.value]++
			default:
				c.plain[tree.Xattr{Name: a.name, Value: a.value}]++
			}
		}
	}
	return c
}

// compareShared compares by name, then length of the value, then its bytes. The
// table is in descending order.
func compareShared(a, b *attr) int {
	if c := strings.Compare(a.name, b.name); c != 0 {
		return c
	}
	if c := cmp.Compare(a.valueSize(), b.valueSize()); c != 0 {
		return c
	}
	if a.kind == metacopy { // and so has b: the sizes are equal and theirs is unique
		return strings.Compare(string(a.file.Digest[:]), string(b.file.Digest[:]))
	}
	return strings.Compare(a.value, b.value)
}

// place gives every entry its offset.
func (t *sharedTable) place() {
	t.plain = map[tree.Xattr]uint32{}
	t.metacopy = map[[32]byte]uint32{}
	t.redirect = map[string]uint32{}
	for i := range t.attrs {
		a := &t.attrs[i]
		switch a.kind {
		case metacopy:
			t.metacopy[*a.file.Digest] = uint32(t.size)
		case redirect:
			t.redirect[a.value] = uint32(t.size)
		default:
			t.plain[tree.Xattr{Name: a.name, Value: a.value}] = uint32(t.size)
		}
		t.size += attrSize(a)
	}
}

// attrSize returns the size of a's entry, in the table or inline.
func attrSize(a *attr) int {
	e, _ := attrEntry(a)
	return e.DiskSize()
}

func attrEntry(a *attr) (disk.XattrEntry, string) {
	index, suffix := disk.SplitXattrName(a.name)
	return disk.XattrEntry{
		NameLen:   uint8(len(suffix)),
		NameIndex: index,
		ValueSize: uint16(a.valueSize()),
	}, suffix
}

// putAttr encodes a's entry and returns what is left of b.
func putAttr(b []byte, a *attr) []byte {
	e, suffix := attrEntry(a)
	e.Put(b)
	copy(b[disk.XattrEntrySize:], suffix)
	a.putValue(b[disk.XattrEntrySize+len(suffix):])
	return b[e.DiskSize():]
}
