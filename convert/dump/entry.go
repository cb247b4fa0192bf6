package dump

import (
	"bytes"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// addEntry adds n to the tree under path, whose parent must exist, and returns the directory that
// holds it and its name.
func (p *parser) addEntry(path []byte, n *tree.Inode, isLink bool) (*tree.Dir, string, error) {
	if string(path) == "/" {
		if !n.IsDir() {
			return nil, "", complain("Root must be a directory")
		}
		if p.tree != nil {
			return nil, "", complain("Can't have multiple roots")
		}
		p.tree = &tree.Tree{Root: n}
		return nil, "", nil
	}
	if p.tree == nil {
		return nil, "", complain("Root node not present")
	}
	slash := bytes.LastIndexByte(path, '/')
	name := string(path[slash+1:])
	parent := p.findParent(path[:slash+1])
	switch {
	case parent == nil:
		return nil, "", complain("Parent directory missing for %s", path)
	case parent.Dir == nil:
		return nil, "", complain("Parent must be a directory for %s", path)
	case name == "." || name == "..":
		return nil, "", complain("Invalid . or .. in path: %s", path)
	}
	if err := parent.Dir.Add(tree.Entry{Name: name, Inode: n, Link: isLink}); err != nil {
		return nil, "", complain("Can't add child")
	}
	return parent.Dir, name, nil
}

// findParent returns the inode at path, or nil. A hard link's inode is not known yet and counts as
// a file.
func (p *parser) findParent(path []byte) *tree.Inode {
	if p.parent != nil && string(path) == p.parentPath {
		return p.parent
	}
	e, ok := p.tree.Lookup(string(path))
	if !ok {
		return nil
	}
	if e.Inode.Dir != nil {
		p.parentPath, p.parent = string(path), e.Inode
	}
	return e.Inode
}

// link is a hard link whose target is not known yet.
type link struct {
	dir     *tree.Dir
	name    string
	pending *tree.Inode // placeholder for the target in the entry
	target  []byte      // unescaped path, nil if not set
	line    int

	// In Strict mode only: the path in the form of Write, and the line.
	path string
	text []byte
}

func (p *parser) addLink(dir *tree.Dir, name string, pending *tree.Inode, payload []byte) error {
	target, err := p.optional(payload)
	if err != nil {
		return err
	}
	if target != nil {
		target = append([]byte{}, cString(target)...)
	}
	p.links = append(p.links, link{dir: dir, name: name, pending: pending, target: target, line: p.line})
	return nil
}

// resolveLinks sets the inode of every hard link, last line first as in mkcomposefs. It follows
// links to links.
func (p *parser) resolveLinks() error {
	next := make(map[*tree.Inode]*tree.Inode, len(p.links))
	for i := len(p.links) - 1; i >= 0; i-- {
		l := &p.links[i]
		p.line = l.line
		if l.target == nil {
			return complain("No target path for the hardlink")
		}
		e, ok := p.tree.Lookup(string(l.target))
		if !ok {
			return complain("No target at %s for hardlink", l.target)
		}
		if e.Inode == l.pending {
			return complain("Self-referential hardlink %s", l.target)
		}
		next[l.pending] = e.Inode
	}
	for i := range p.links {
		l := &p.links[i]
		target, steps := l.pending, 0
		for ; next[target] != nil; target = next[target] {
			if steps++; steps > len(p.links) {
				p.line = l.line
				return ErrLinkLoop
			}
		}
		for n := l.pending; n != target; { // follow no chain twice
			n, next[n] = next[n], target
		}
		e, _ := l.dir.Lookup(l.name)
		e.Inode = target
	}
	return p.checkLinks()
}
