package erofs

import (
	"fmt"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/erofs/internal/disk"
	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// node is an inode of the image. Its index in plan.nodes is its i_ino.
type node struct {
	inode *tree.Inode
	pos   int64 // offset in the image, set by measuring; the nid counts slots

	parent   uint32 // index of the directory that holds the real entry
	child    uint32 // index of the first child; children follow one another
	children uint32 // how many
	subdirs  uint32 // how many of them are directories
	block    uint32 // address of the first data block, set by measuring
	blocks   uint32 // how many data blocks, set by measuring

	// The encoded size of a directory: full blocks and a tail.
	dirBlocks uint32
	dirTail   uint16

	fileType  uint8 // as directory entries show it
	whiteouts bool  // a directory that holds whiteouts of the user's
	external  bool  // a file with metacopy and redirect xattrs of its digest: see isBacked

	attrs    uint32 // index in plan.sets of the xattrs, without metacopy and redirect
	metacopy uint32 // index of the first node with the same digest, 0 for a unique one
	redirect uint32 // index of the first node with the same payload, 0 for a unique one
}

// plan describes an image before a byte of it is emitted.
type plan struct {
	opts      Options
	version   uint32      // format version
	nodes     []node      // breadth first, the order of inodes and of data blocks
	root      *tree.Inode // the tree's root; nodes[0] is a copy with more entries
	generated *tree.Inode // stands for each whiteout that newPlan adds
	links     map[*tree.Inode]uint32

	minSec  int64 // the smallest mtime, which compact inodes share
	minNsec uint32

	hasACL    bool
	whiteouts bool // the tree has whiteouts of the user's
	suspect   bool // some inode has no image: check finds it
	byDigest  bool // the payloads of all external files are [tree.ByDigest]

	sets   []attrSet
	shared sharedTable

	inodesEnd, dataStart, size int64 // set by measuring

	own []attr // scratch of ownAttrs
}

// newPlan numbers the inodes of t's image and checks that t has one.
func newPlan(t *tree.Tree, opts Options) (*plan, error) {
	if t.Root == nil || !t.Root.IsDir() || t.Root.Dir == nil {
		return nil, &EntryError{"/", fmt.Errorf("%w: root is not a directory", ErrTree)}
	}
	p := &plan{opts: opts, root: t.Root, links: map[*tree.Inode]uint32{}, byDigest: true}
	root := t.Root
	if opts.Format != Layer {
		root = p.rootWithWhiteouts()
	}
	p.nodes = make([]node, 1, countEntries(root.Dir)+1)
	p.nodes[0] = node{inode: root, fileType: disk.FTDir}
	if err := p.number(); err != nil {
		return nil, err
	}
	if err := p.resolveLinks(); err != nil {
		return nil, err
	}
	return p, nil
}

// countEntries returns the number of entries in dir and below, or a limit: an invalid tree may have
// the same directory everywhere.
func countEntries(dir *tree.Dir) (n int) {
	const enough = 1 << 26
	for todo := []*tree.Dir{dir}; len(todo) > 0 && n < enough; {
		dir, todo = todo[len(todo)-1], todo[:len(todo)-1]
		n += dir.Len()
		for e := range dir.All() {
			if e.Inode.Dir != nil && !e.Link {
				todo = append(todo, e.Inode.Dir)
			}
		}
	}
	return min(n, enough)
}

// rootWithWhiteouts returns a copy of the root that also has a whiteout for every unused name "00"
// to "ff". They hide the object directories if the data layer is an ordinary lower layer.
func (p *plan) rootWithWhiteouts() *tree.Inode {
	const hex = "0123456789abcdef"
	p.generated = &tree.Inode{
		Mode: tree.TypeChar | 0o644, Nlink: 1,
		UID: p.root.UID, GID: p.root.GID,
		MtimeSec: p.root.MtimeSec, MtimeNsec: p.root.MtimeNsec,
	}
	if label, ok := p.root.Xattrs.Get("security.selinux"); ok {
		p.generated.Xattrs = tree.Xattrs{{Name: "security.selinux", Value: label}}
	}
	root := *p.root
	root.Dir = p.root.Dir.Clone()
	for i := range 256 {
		name := string([]byte{hex[i>>4], hex[i&15]})
		// An existing name stays.
		_ = root.Dir.Add(tree.Entry{Name: name, Inode: p.generated})
	}
	return &root
}

// number fills nodes breadth first.
func (p *plan) number() error {
	seen := map[*tree.Dir]struct{}{} // a directory in two places could make the loop endless
	p.minSec, p.minNsec = p.root.MtimeSec, p.root.MtimeNsec
	p.note(p.root)
	for i := 0; i < len(p.nodes); i++ {
		if p.nodes[i].fileType != disk.FTDir {
			continue
		}
		dir := p.nodes[i].inode.Dir
		if dir == nil {
			continue // and suspect
		}
		if _, twice := seen[dir]; twice {
			return p.entryError(uint32(i), fmt.Errorf("%w: directory has two real entries", ErrTree))
		}
		seen[dir] = struct{}{}
		p.numberChildren(i, dir)
	}
	if p.opts.Format == V1 || p.opts.Format == Layer || p.opts.Format == Auto && p.whiteouts {
		p.version = 1
	}
	if p.suspect || p.whiteouts && p.opts.MkcomposefsBudget {
		return p.check()
	}
	return nil
}

// numberChildren appends the nodes of the real entries of directory i.
func (p *plan) numberChildren(i int, dir *tree.Dir) {
	first, subdirs := len(p.nodes), uint32(0)
	for e := range dir.All() {
		n := e.Inode
		if e.Link {
			p.links[n] = 0
			continue
		}
		p.note(n)
		child := node{inode: n, parent: uint32(i), fileType: fileType(uint32(p.mode(n))), external: p.isBacked(n)}
		p.byDigest = p.byDigest && (!child.external || !n.Digest.IsZero() && n.Payload == tree.ByDigest)
		if child.fileType == disk.FTDir {
			subdirs++
		} else if p.isWhiteout(n) {
			p.nodes[i].whiteouts, p.whiteouts = true, true
		}
		p.nodes = append(p.nodes, child)
	}
	d := &p.nodes[i]
	d.child, d.children, d.subdirs = uint32(first), uint32(len(p.nodes)-first), subdirs
}

// note collects the facts about the whole tree from an inode. It is called once for each.
func (p *plan) note(n *tree.Inode) {
	if n.MtimeSec < p.minSec || n.MtimeSec == p.minSec && n.MtimeNsec < p.minNsec {
		p.minSec, p.minNsec = n.MtimeSec, n.MtimeNsec
	}
	p.suspect = p.suspect || p.checkInode(n) != nil
	p.hasACL = p.hasACL || hasACL(n.Xattrs)
}

// isBacked reports whether n refers to an object. In a layer image, files whose content is in the
// image do too.
func (p *plan) isBacked(n *tree.Inode) bool {
	return n.IsExternal() || p.opts.Format == Layer && n.Type() == tree.TypeRegular && n.Size > 0 && !n.Digest.IsZero()
}

// isWhiteout reports whether n is a whiteout of the user's, which is escaped.
func (p *plan) isWhiteout(n *tree.Inode) bool { return n.IsWhiteout() && n != p.generated }

// resolveLinks finds the nodes of the inodes that have several names.
func (p *plan) resolveLinks() error {
	if len(p.links) == 0 {
		return nil
	}
	if _, ok := p.links[p.root]; ok {
		delete(p.links, p.root)
		defer func() { p.links[p.root] = 0 }() // nodes[0] is a copy of it
	}
	missing := len(p.links)
	for i := range p.nodes {
		if _, ok := p.links[p.nodes[i].inode]; ok {
			p.links[p.nodes[i].inode] = uint32(i)
			missing--
		}
	}
	if missing == 0 {
		return nil
	}
	return p.entryError(0, fmt.Errorf("%w: a hard link's inode has not exactly one real entry", ErrTree))
}

// entryError names the entry of a node.
func (p *plan) entryError(i uint32, err error) error {
	var names []string
	for ; i != 0; i = p.nodes[i].parent {
		for e := range p.nodes[p.nodes[i].parent].inode.Dir.All() {
			if e.Inode == p.nodes[i].inode && !e.Link {
				names = append(names, e.Name)
				break
			}
		}
	}
	var path strings.Builder
	for i := len(names) - 1; i >= 0; i-- {
		path.WriteString("/" + names[i])
	}
	if path.Len() == 0 {
		path.WriteByte('/')
	}
	return &EntryError{path.String(), err}
}

// nlink returns the link count that the image records.
func (n *node) nlink() uint32 {
	if n.fileType == disk.FTDir {
		return 2 + n.subdirs
	}
	return n.inode.Nlink
}

// mode returns the mode that the image records: whiteouts of the user's are escaped, those of a
// layer are overlayfs's character devices.
func (p *plan) mode(n *tree.Inode) uint16 {
	switch {
	case p.isWhiteout(n):
		return uint16(tree.TypeRegular | n.Mode&^tree.TypeMask)
	case n.Type() == tree.TypeWhiteout:
		return uint16(tree.TypeChar | n.Mode&^tree.TypeMask)
	}
	return uint16(n.Mode)
}

// fileTypes are the types in directory entries, by the type bits of a mode.
var fileTypes = [16]uint8{
	tree.TypeRegular >> 12:  disk.FTRegular,
	tree.TypeDir >> 12:      disk.FTDir,
	tree.TypeChar >> 12:     disk.FTChar,
	tree.TypeWhiteout >> 12: disk.FTChar,
	tree.TypeBlock >> 12:    disk.FTBlock,
	tree.TypeFifo >> 12:     disk.FTFifo,
	tree.TypeSocket >> 12:   disk.FTSocket,
	tree.TypeSymlink >> 12:  disk.FTSymlink,
}

// fileType returns the type in directory entries for a mode, or 0.
func fileType(mode uint32) uint8 { return fileTypes[mode&tree.TypeMask>>12] }
