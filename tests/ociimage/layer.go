package ociimage

import (
	"strings"
	"time"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// layer is the model of a layer that is being written.
type layer struct {
	root *node
	tar  *tarball

	// dirTimes are the times of directory entries. The stock driver sets them at
	// the very end, on the file at the path by then.
	dirTimes map[string]time.Time

	alone map[string]bool // directories of which only the opaque marker came so far
}

func newLayer() *layer {
	root := newDir(0o555)
	root.implied, root.pinned = true, true
	return &layer{root, newTarball(), map[string]time.Time{}, map[string]bool{}}
}

// resolve follows the symlinks in path, all of whose targets must be directories of
// the layer. Missing parents would be implied otherwise. up is set if a symlink has
// "..".
func (l *layer) resolve(path string) (dir string, up, ok bool) {
	at, todo := []string{}, parts(path)
	target := 0 // so many of todo come from a symlink
	for steps := 0; len(todo) > 0; steps++ {
		name, wanted := todo[0], target > 0 // wanted by a symlink
		todo, target = todo[1:], max(target-1, 0)
		if name == ".." {
			at, up = at[:max(len(at)-1, 0)], true
			continue
		}
		if name == "." {
			continue
		}
		next := append(at[:len(at):len(at)], name)
		n := l.root.find(strings.Join(next, "/"))
		switch {
		case n == nil && !wanted, n != nil && n.IsDir():
			at = next
		case n != nil && n.Type() == tree.TypeSymlink && steps < 30:
			names := parts(n.Payload)
			todo, target = append(names[:len(names):len(names)], todo...), target+len(names)
			if strings.HasPrefix(n.Payload, "/") {
				at = nil
			}
		default:
			return "", up, false
		}
	}
	path = strings.Join(at, "/")
	n := l.root.find(path)
	return path, up, n == nil || n.IsDir()
}

// open reports whether entries can be put into the directory at path, which follows
// no symlinks.
func (l *layer) open(path string) bool {
	n := l.root
	for _, name := range parts(path) {
		if n.closed || !n.IsDir() {
			return false
		}
		if n = n.children[name]; n == nil {
			return true
		}
	}
	return n.IsDir() && !n.closed
}

// enter returns the directory at path, which is open. Missing parents are implied.
func (l *layer) enter(path string) *node {
	n := l.root
	for _, name := range parts(path) {
		c := n.children[name]
		if c == nil {
			c = newDir(0o755)
			c.implied, c.setgid = true, n.Mode&0o2000 != 0 || n.implied && n.setgid
			n.children[name] = c
		}
		n = c
	}
	return n
}

// replaceable reports whether the layer's entry at path can be replaced by
// something that is no directory: no time is to be set below it in the end.
func (l *layer) replaceable(path string) bool {
	if n := l.root.find(path); n != nil && n.pinned {
		return false
	}
	for dir := range l.dirTimes {
		if strings.HasPrefix(dir, path+"/") {
			return false
		}
	}
	return true
}

// split splits a path into directory and name.
func split(path string) (dir, name string) {
	i := strings.LastIndexByte(path, '/')
	return path[:max(i, 0)], path[i+1:]
}

func join(dir, name string) string { return strings.TrimPrefix(dir+"/"+name, "/") }
