package tree

import (
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// groupMax is the largest number of inodes of a group, which then has 8 KiB.
const groupMax = 68

// digestsMax is the size in bytes of a group of digests.
const digestsMax = 8 << 10

// Allocator allocates the inodes of a tree and their digests in groups. That is faster than one by
// one, and when several trees are built at the same time, the memory of one is in no pages of the
// others, so that it is free as soon as the tree is. A group stays in memory as long as any of its
// inodes. The zero value is ready for use. An Allocator may not be used concurrently.
type Allocator struct {
	free    []Inode // the rest of the current group
	size    int     // of the current group
	digests strings.Builder
}

// NewFile returns an empty inode of a regular file.
func (a *Allocator) NewFile() *Inode {
	if len(a.free) == 0 {
		a.size = min(max(1, 2*a.size), groupMax) // few inodes take little memory
		a.free = make([]Inode, a.size)
	}
	n := &a.free[0]
	a.free = a.free[1:]
	n.Mode = TypeRegular
	return n
}

// Digest returns the digest with the given bytes, see [verity.NewDigest].
func (a *Allocator) Digest(sum []byte) verity.Digest {
	at := a.digests.Len()
	if at+len(sum) > a.digests.Cap() {
		size := min(max(len(sum), 2*at), digestsMax)
		a.digests, at = strings.Builder{}, 0 // other digests keep the group
		a.digests.Grow(size)
	}
	a.digests.Write(sum)
	return verity.NewDigest(a.digests.String()[at:])
}
