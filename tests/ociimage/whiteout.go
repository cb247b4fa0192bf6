package ociimage

import (
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// whiteout deletes the file that shows at path. It reports whether that is possible: the layer itself must
// not have a file there.
func (g *generator) whiteout(path string) bool {
	if !g.usable(path) || g.layer.root.find(path) != nil {
		return false
	}
	switch n := g.merged.find(path); {
	case n == nil:
		g.count("whiteout of nothing")
	case n.IsDir():
		g.count("whiteout of a directory")
		g.removed = append(g.removed, path)
	case n.Type() == tree.TypeSymlink:
		g.count("whiteout of a symlink")
	default:
		g.count("whiteout of a file")
	}
	dir, name := split(path)
	g.countIf(len(name) > 251, "whiteout whose name is too long for a file")
	g.layer.enter(dir).children[name] = &node{Inode: tree.Inode{Mode: tree.TypeWhiteout}}
	g.marker(path)
	return true
}

// marker writes the whiteout of path, or with the name .wh..opq an opaque marker.
func (g *generator) marker(path string) {
	dir, name := split(path)
	h, _ := g.header(tree.TypeRegular)
	h.PAXRecords = nil
	h.Name = g.spell(join(dir, ".wh."+name))
	g.layer.tar.write(h, "")
}

// opaque hides the lower content of a directory.
func (g *generator) opaque() {
	var dir string
	switch g.r.IntN(5) {
	case 0:
		dir = anyOf(g, g.layer.root.list(""), isDir)
	case 1:
		dir = g.place()
	default:
		dir = anyOf(g, g.merged.list(""), func(f found) bool { return f.IsDir() && len(f.children) > 0 })
	}
	if dir == "" || !g.usable(dir) || !g.layer.open(dir) {
		return
	}
	n := g.layer.enter(dir)
	n.opaque = true
	if len(n.children) == 0 {
		g.layer.alone[dir] = true
	} else {
		g.count("opaque marker after the rest")
	}
	g.marker(join(dir, ".wh..opq"))
	if below := g.merged.find(dir); below != nil {
		g.countIf(below.IsDir() && n.implied, "opaque implied directory")
		for range g.r.IntN(3) { // hidden names may return
			if names := below.list(dir); len(names) > 0 {
				g.put(pick(g, names...).path, g.kind())
			}
		}
	}
}

// replaceWhiteout deletes something and puts another thing in its place.
func (g *generator) replaceWhiteout() {
	if path := g.victim(); g.whiteout(path) {
		kind := g.kind()
		if kind != tree.TypeDir { // a directory that returns is treated otherwise on purpose
			g.put(path, kind)
		}
	}
}

// whiteoutTwice deletes a directory and then its entries.
func (g *generator) whiteoutTwice() {
	dir := anyOf(g, g.merged.list(""), func(f found) bool { return f.IsDir() && len(f.children) > 0 })
	if dir == "" || !g.whiteout(dir) || g.layer.root.find(dir) == nil {
		return
	}
	for _, f := range g.merged.find(dir).list(dir) {
		if _, name := split(f.path); g.oneIn(3) && strings.HasPrefix(f.path, dir+"/") && len(f.path) <= pathMax && len(name) < 200 {
			g.marker(f.path)
			g.count("whiteout below a whiteout")
		}
	}
}

// comeBack makes a directory that an earlier layer has deleted.
func (g *generator) comeBack() {
	if len(g.removed) == 0 {
		return
	}
	dir := pick(g, g.removed...)
	g.put(dir, tree.TypeDir)
	g.put(join(dir, g.name()), g.kind())
}

// belowSymlink writes an entry whose name leads through a symlink of the layer.
func (g *generator) belowSymlink() {
	l := g.layer
	link := anyOf(g, l.root.list(""), func(f found) bool { return f.Type() == tree.TypeSymlink })
	dir, up, ok := l.resolve(link)
	if n := l.root.find(dir); link == "" || !ok || n == nil || !n.IsDir() {
		return
	}
	path := g.name()
	if g.oneIn(4) {
		path = join(path, g.name())
	}
	kind := g.kind()
	if kind == hardLink && up {
		return // the stock driver loses its way: tests/stock
	}
	old := l.root.find(join(dir, path))
	if old != nil && (old.IsDir() || old.Type() == tree.TypeSymlink) {
		return // it may be on the way
	}
	if kind == tree.TypeDir || !g.usable(join(dir, path)) || len(link) > 500 {
		return
	}
	before := len(l.tar.buf.Bytes())
	g.putThrough(g.spell(join(link, path)), join(dir, path), kind)
	g.countIf(len(l.tar.buf.Bytes()) > before, "entry below a symlink")
}
