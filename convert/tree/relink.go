package tree

// Relink makes the first name of every file in walk order its real entry, and sets the link counts
// of hard-linked files to the number of names in the tree. It is for trees that were built without
// Link; directories must have one name each.
//
// composefs-rs makes the same choice, so equal trees have equal images.
func (t *Tree) Relink() {
	names := map[*Inode]uint32{}
	_ = t.walk(func(_ []byte, e *Entry) error { // the callback returns nil
		n := e.Inode
		if n.Dir != nil || n.Type() == TypeWhiteout {
			return nil
		}
		if n.Nlink == 1 {
			e.Link = false
			return nil
		}
		e.Link = names[n] > 0
		names[n]++
		return nil
	})
	for n, count := range names {
		n.Nlink = count
	}
}
