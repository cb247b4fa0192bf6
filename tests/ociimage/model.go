package ociimage

import (
	"maps"
	"slices"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// node is a file of a layer, or of what layers show together. Names of one file
// share a node.
type node struct {
	tree.Inode                  // without Dir
	children   map[string]*node // not nil in directories

	implied bool // has no entry in the topmost layer that shows it
	setgid  bool // the stock driver makes it with this bit, if implied

	// In layers only:
	opaque bool
	closed bool // nothing more is to be put here, it would inherit an ACL
	pinned bool // must stay a directory
}

func newDir(mode uint32) *node {
	return &node{Inode: tree.Inode{Mode: tree.TypeDir | mode}, children: map[string]*node{}}
}

// parts splits a path without "." and "..".
func parts(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
}

// find returns the node at path, following nothing, or nil.
func (n *node) find(path string) *node {
	for _, name := range parts(path) {
		if n == nil {
			return nil
		}
		n = n.children[name]
	}
	return n
}

// found is a node and where it is.
type found struct {
	path string
	*node
}

// list returns all that is below n in a fixed order.
func (n *node) list(prefix string) []found {
	var all []found
	for _, name := range slices.Sorted(maps.Keys(n.children)) {
		c := n.children[name]
		path := strings.TrimPrefix(prefix+"/"+name, "/")
		all = append(append(all, found{path, c}), c.list(path)...)
	}
	return all
}

// impliedDirs returns the paths of the implied directories below n.
func (n *node) impliedDirs() map[string]bool {
	dirs := map[string]bool{}
	for _, f := range n.list("") {
		if f.implied {
			dirs["/"+f.path] = true
		}
	}
	return dirs
}

// merge returns what shows if upper, of a layer, lies on lower, of the layers below
// it. Either may be nil.
func merge(lower, upper *node) *node {
	switch {
	case upper == nil:
		return lower
	case upper.Type() == tree.TypeWhiteout:
		return nil
	case !upper.IsDir():
		return upper
	}
	m := newDir(0)
	m.Inode, m.implied, m.setgid = upper.Inode, upper.implied, upper.setgid
	if lower != nil && lower.IsDir() {
		if upper.implied {
			m.Inode = lower.Inode
		}
		if !upper.opaque {
			maps.Copy(m.children, lower.children)
		}
	}
	for name, c := range upper.children {
		delete(m.children, name)
		var below *node
		if lower != nil && !upper.opaque {
			below = lower.children[name]
		}
		if c = merge(below, c); c != nil {
			m.children[name] = c
		}
	}
	return m
}

// trees returns what shows as a tree: as it is to be, and as the stock driver shows
// it but for the times of directories.
func (n *node) trees() (merged, stock *tree.Tree) {
	build := func(stock bool) *tree.Tree {
		return &tree.Tree{Root: n.inode(stock, map[*node]*tree.Inode{})}
	}
	return build(false), build(true)
}

func (n *node) inode(stock bool, seen map[*node]*tree.Inode) *tree.Inode {
	i := n.Inode
	seen[n] = &i
	if !n.IsDir() {
		return &i
	}
	i.Dir = new(tree.Dir)
	if n.implied && stock {
		i.Mode, i.UID, i.GID, i.Xattrs = tree.TypeDir|0o755, 0, 0, nil
		if n.setgid {
			i.Mode |= 0o2000
		}
	}
	for _, name := range slices.Sorted(maps.Keys(n.children)) {
		c := n.children[name]
		e := tree.Entry{Name: name}
		if e.Inode, e.Link = seen[c]; !e.Link {
			e.Inode = c.inode(stock, seen)
		}
		if err := i.Dir.Add(e); err != nil {
			panic(err) // the generator makes valid names only
		}
	}
	return &i
}
