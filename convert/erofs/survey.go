package erofs

import (
	"hash/maphash"
	"math/bits"
	"sync"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// survey looks at all inodes for what can be known before they are laid out: the
// sizes of directories, and which xattrs are shared. Its parts do not depend on
// each other.
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

// Nearly every file has a digest and a payload of its own, and there may be a
// million, so that a map of them all would cost more than the rest of the work.
var (
	sameDigest = duplicates{
		hash: func(seed maphash.Seed, n *tree.Inode) (uint64, bool) {
			if n.Digest == nil {
				return 0, false
			}
			return maphash.Bytes(seed, n.Digest[:]), true
		},
		equal: func(a, b *tree.Inode) bool { return *a.Digest == *b.Digest },
		first: func(n *node) *uint32 { return &n.metacopy },
	}
	samePayload = duplicates{
		hash: func(seed maphash.Seed, n *tree.Inode) (uint64, bool) {
			if n.Payload == tree.ByDigest {
				var b [128]byte
				return maphash.Bytes(seed, tree.AppendObjectPath(b[:0], n.Digest)), true
			}
			return maphash.String(seed, n.Payload), n.Payload != ""
		},
		equal: func(a, b *tree.Inode) bool {
			if a.Payload == tree.ByDigest && b.Payload == tree.ByDigest {
				return *a.Digest == *b.Digest
			}
			return a.BackingPath() == b.BackingPath()
		},
		first: func(n *node) *uint32 { return &n.redirect },
	}
)

// duplicates finds external files that agree in something.
type duplicates struct {
	hash  func(maphash.Seed, *tree.Inode) (hash uint64, ok bool)
	equal func(a, b *tree.Inode) bool
	first func(*node) *uint32 // where a node keeps the first that agrees with it
}

// find marks the external files that agree with others and returns the first of
// each group. The result does not depend on the seed, which keeps anybody from
// choosing values that collide.
func (d *duplicates) find(nodes []node) (firsts []uint32) {
	// A hash table, half full at most, of the nodes that came first with their
	// value. 0 means empty: the root is no file.
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
