package tree

// external is an inode with the memory for its digest.
type external struct {
	Inode
	digest [32]byte
}

// new returns the inode, with a digest of zeros.
func (e *external) new() *Inode {
	e.Digest = &e.digest
	return &e.Inode
}

// NewExternal returns an inode with a digest of zeros for the caller to set. Both are one
// allocation, which matters in a tree of a million files.
func NewExternal() *Inode { return new(external).new() }

// groupMax is the largest number of inodes of a group, which then has 8 KiB.
const groupMax = 56

// Allocator allocates the inodes of a tree in groups. That is faster than one by one, and when
// several trees are built at the same time, the memory of one is in no pages of the others, so that it
// is free as soon as the tree is. A group stays in memory as long as any of its inodes. The zero
// value is ready for use. An Allocator may not be used concurrently.
type Allocator struct {
	free []external // the rest of the current group
	size int        // of the current group
}

// NewExternal is like the function [NewExternal].
func (a *Allocator) NewExternal() *Inode {
	if len(a.free) == 0 {
		a.size = min(max(1, 2*a.size), groupMax) // few inodes take little memory
		a.free = make([]external, a.size)
	}
	e := &a.free[0]
	a.free = a.free[1:]
	return e.new()
}
