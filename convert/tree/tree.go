package tree

import (
	"iter"
	"strings"
)

// Tree is a file system tree.
type Tree struct {
	Root *Inode // a directory
}

// New returns a tree whose root is an empty directory, root:root 0755.
func New() *Tree { return &Tree{Root: NewDir(0o755)} }

// Lookup returns the entry at path. Leading, trailing and repeated slashes do not matter; "." and
// ".." are ordinary names and never found; symlinks and links to directories are not followed. The
// root's entry has an empty name.
func (t *Tree) Lookup(path string) (e *Entry, ok bool) {
	e = &Entry{Inode: t.Root}
	for path = strings.TrimLeft(path, "/"); path != ""; path = strings.TrimLeft(path, "/") {
		name, rest, _ := strings.Cut(path, "/")
		if e.Inode.Dir == nil || e.Link {
			return nil, false
		}
		if e, ok = e.Inode.Dir.Lookup(name); !ok {
			return nil, false
		}
		path = rest
	}
	return e, true
}

// Walk calls fn for every entry, depth first, a directory before its entries, entries in name
// order. The root comes first, as "/" with an empty name. Walk returns fn's first error. It does
// not recurse: only memory limits the depth.
func (t *Tree) Walk(fn func(path string, e *Entry) error) error {
	return t.walk(func(path []byte, e *Entry) error { return fn(string(path), e) })
}

// All yields every entry, the root's with an empty name first, and otherwise in no particular order.
// It costs less than Walk, which makes paths.
func (t *Tree) All() iter.Seq[*Entry] {
	return func(yield func(*Entry) bool) {
		if !yield(&Entry{Inode: t.Root}) {
			return
		}
		for todo := []*Dir{t.Root.Dir}; len(todo) > 0; {
			dir := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			for e := range dir.All() {
				if !yield(e) {
					return
				}
				if e.Inode.Dir != nil && !e.Link {
					todo = append(todo, e.Inode.Dir)
				}
			}
		}
	}
}

// walk is Walk with a path that is valid during the call only.
func (t *Tree) walk(fn func(path []byte, e *Entry) error) error {
	if err := fn([]byte{'/'}, &Entry{Inode: t.Root}); err != nil {
		return err
	}
	stack := []cursor{{dir: t.Root.Dir}}
	path := make([]byte, 0, 256)
	for len(stack) > 0 {
		top := &stack[len(stack)-1]
		e := top.next()
		if e == nil {
			stack = stack[:len(stack)-1]
			continue
		}
		path = append(append(path[:top.prefix], '/'), e.Name...)
		if err := fn(path, e); err != nil {
			return err
		}
		if e.Inode.Dir != nil && !e.Link {
			stack = append(stack, cursor{dir: e.Inode.Dir, prefix: len(path)})
		}
	}
	return nil
}

// cursor is a place in a directory during a walk.
type cursor struct {
	dir    *Dir
	run, i int
	prefix int // length of the directory's path, 0 for the root
}

func (c *cursor) next() *Entry {
	for c.run < len(c.dir.runs) {
		if run := c.dir.runs[c.run]; c.i < len(run) {
			c.i++
			return &run[c.i-1]
		}
		c.run, c.i = c.run+1, 0
	}
	return nil
}

// LinkTargets returns the inodes that have more than one name, each with the
// path of its real entry.
func (t *Tree) LinkTargets() map[*Inode]string {
	return t.linked(func(e *Entry) bool { return !e.Link })
}

// linkGroups returns the inodes that have more than one name, each with the
// first of its paths in walk order.
func (t *Tree) linkGroups() map[*Inode]string {
	return t.linked(func(*Entry) bool { return true })
}

// linked returns the inodes that have more than one name, each with the path of
// its first entry that is eligible.
func (t *Tree) linked(eligible func(*Entry) bool) map[*Inode]string {
	paths := map[*Inode]string{}
	_ = t.walk(func(_ []byte, e *Entry) error { // the callbacks return nil
		if e.Link {
			paths[e.Inode] = ""
		}
		return nil
	})
	if len(paths) == 0 {
		return nil
	}
	_ = t.walk(func(path []byte, e *Entry) error {
		if known, ok := paths[e.Inode]; ok && known == "" && eligible(e) {
			paths[e.Inode] = string(path)
		}
		return nil
	})
	return paths
}
