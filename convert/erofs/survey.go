package erofs

import (
	"hash/maphash"
	"math/bits"
	"sync"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// survey computes the sizes of directories and finds the shared xattrs, before inodes are laid out.
// Its parts run concurrently.
func (p *plan) survey() {
	var metacopies, redirects []uint32
	var parts sync.WaitGroup
	parts.Add(2)
	go func() {
		defer parts.Done()
		metacopies = sameDigest.find(p.nodes)
	}()
	go func() {
		defer parts.Done()
		p.packDirs()
	}()
	p.collectSets()
	if !p.byDigest {
		redirects = samePayload.find(p.nodes)
	}
	parts.Wait()
	if p.byDigest {
		redirects = metacopies
		for i := range p.nodes {
			p.nodes[i].redirect = p.nodes[i].metacopy
		}
	}
	p.collectShared(metacopies, redirects)
}

// Nearly every file has its own digest and payload. A map of a million of them would cost more than
// the rest of the work.
var (
	sameDigest = duplicates{
		hash: func(seed maphash.Seed, n *tree.Inode) (uint64, bool) {
			return maphash.String(seed, n.Digest.Bytes()), !n.Digest.IsZero()
		},
		equal: func(a, b *tree.Inode) bool { return a.Digest == b.Digest },
		first: func(n *node) *uint32 { return &n.metacopy },
	}
	samePayload = duplicates{
		hash: func(seed maphash.Seed, n *tree.Inode) (uint64, bool) {
			if n.Payload == tree.ByDigest {
				var b [129]byte
				return maphash.Bytes(seed, tree.AppendObjectPath(b[:0], n.Digest)), true
			}
			return maphash.String(seed, n.Payload), n.Payload != ""
		},
		equal: func(a, b *tree.Inode) bool {
			if a.Payload == tree.ByDigest && b.Payload == tree.ByDigest {
				return a.Digest == b.Digest
			}
			return a.BackingPath() == b.BackingPath()
		},
		first: func(n *node) *uint32 { return &n.redirect },
	}
)

// duplicates finds external files with the same digest or payload.
type duplicates struct {
	hash  func(maphash.Seed, *tree.Inode) (hash uint64, ok bool)
	equal func(a, b *tree.Inode) bool
	first func(*node) *uint32 // the field of a node for the first equal node
}

// find marks the external files that equal others and returns the first of each group. The seed is
// random so that no tree can choose colliding values; the result does not depend on it.
func (d *duplicates) find(nodes []node) (firsts []uint32) {
	// slots is a hash table, at most half full, of the first node with each value. 0 marks an
	// empty slot: node 0 is the root, which is no file.
	seed := maphash.MakeSeed()
	slots := make([]uint32, 1<<bits.Len(uint(2*len(nodes))))
	for i := range nodes {
		if !nodes[i].external {
			continue
		}
		n := nodes[i].inode
		hash, ok := d.hash(seed, n)
		if !ok {
			continue
		}
		slot := hash % uint64(len(slots))
		for slots[slot] != 0 && !d.equal(nodes[slots[slot]].inode, n) {
			slot = (slot + 1) % uint64(len(slots))
		}
		first := slots[slot]
		if first == 0 {
			slots[slot] = uint32(i)
			continue
		}
		if mark := d.first(&nodes[first]); *mark == 0 {
			*mark = first
			firsts = append(firsts, first)
		}
		*d.first(&nodes[i]) = first
	}
	return firsts
}
