package tree

// Relink makes the first name of every file in walk order its real entry and sets
// the link counts of files that have several, or had: counts are what the tree has,
// not what it was made from. It is for trees that were put together without regard
// to Link; directories must have one name each.
//
// The choice is that of composefs-rs, so that equal trees have equal images.
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
