package ociimage

import (
	"archive/tar"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// put writes an entry of a type at a path, also over an existing one.
func (g *generator) put(path string, kind uint32) { g.putThrough("", path, kind) }

// putThrough is put with a name that leads through symlinks, if it is not empty.
func (g *generator) putThrough(name, path string, kind uint32) {
	l := g.layer
	old := l.root.find(path)
	if !g.usable(path) || kind != tree.TypeDir && !l.replaceable(path) {
		return
	}
	time, timed := l.dirTimes[path]
	h, inode := g.header(kind)
	n := &node{Inode: inode}
	switch kind {
	case tree.TypeDir:
		if n = g.dir(old, inode); n == nil {
			return
		}
		l.dirTimes[path] = h.ModTime
	case hardLink:
		if timed {
			return
		}
		if n = g.hardLink(&h, inode, path); n == nil {
			return
		}
	case tree.TypeSymlink:
		if !g.symlink(&h, n, path, timed) {
			return
		}
	default:
		if timed {
			h.ModTime = time
			n.MtimeSec, n.MtimeNsec = seenTime(time, kind)
			if h.Format != tar.FormatPAX { // the others round it
				h.Format = tar.FormatPAX
			}
		}
		g.device(&h, n)
	}
	if name == "" {
		name = g.spell(path)
	}
	if h.Name = name; kind == tree.TypeDir && !g.oneIn(4) {
		h.Name += "/"
		g.count("directory with a trailing slash")
	}
	dir, base := split(path)
	g.countReplaced(path, old, n, kind == hardLink)
	l.enter(dir).children[base] = n
	g.write(h, n)
}

// write writes the entry of n.
func (g *generator) write(h tar.Header, n *node) {
	if h.Typeflag != tar.TypeReg {
		g.count("format " + g.layer.tar.write(h, "").String())
		return
	}
	n.Content = g.content()
	if !g.oneIn(6) {
		n.Size = uint64(len(n.Content))
		g.count("format " + g.layer.tar.write(h, n.Content).String())
		return
	}
	content, spans := g.holes(n.Content)
	n.Content, n.Size = content, uint64(len(content))
	version := pick(g, "0.1", "1.0")
	g.layer.tar.writeSparse(h, content, spans, version)
	g.count("sparse file " + version)
}

// dir returns the node after an entry of a directory at a place in the layer, nil if
// there must not be one.
func (g *generator) dir(old *node, inode tree.Inode) *node {
	n := newDir(0)
	if old != nil {
		_, access := old.Xattrs.Get(accessACL)
		if old.Type() == tree.TypeWhiteout || access || old.closed {
			return nil
		}
		if old.IsDir() {
			n = old
			g.countIf(old.implied && len(old.children) > 0, "directory entry after its contents")
			for _, x := range inode.Xattrs {
				old.Xattrs = old.Xattrs.With(x.Name, x.Value)
			}
			inode.Xattrs = old.Xattrs
		}
	}
	n.Inode, n.implied, n.setgid = inode, false, false
	_, n.closed = inode.Xattrs.Get(defaultACL)
	return n
}

// symlink gives a symlink at path its target. If it is timed, the target must be
// there in the end.
func (g *generator) symlink(h *tar.Header, n *node, path string, timed bool) bool {
	which := g.r.IntN(6)
	switch {
	case timed || which <= 2:
		to := anyOf(g, g.layer.root.list(""), func(f found) bool { return f.IsDir() && !f.implied && f.path != path })
		if to == "" {
			return false
		}
		n.Payload = "/" + to
		g.count("symlink to a directory")
		g.layer.root.find(to).pinned = timed || g.layer.root.find(to).pinned
	case which == 3:
		n.Payload = pick(g, "../", "./", "") + g.name()
		g.count("relative symlink")
	case which == 4:
		n.Payload = "missing/" + strings.Repeat("x", pick(g, 1, 50, 51, 52, 92, 93, 200, 4000))
		g.count("dangling symlink")
	default:
		if n.Payload = g.victim(); n.Payload == "" {
			return false
		}
	}
	h.Linkname, n.Size = n.Payload, uint64(len(n.Payload))
	return true
}

func (g *generator) device(h *tar.Header, n *node) {
	switch n.Type() {
	case tree.TypeFifo:
		g.count("fifo")
		return
	case tree.TypeChar, tree.TypeBlock:
	default:
		return
	}
	major, minor := pick[uint32](g, 1, 5, 8, 255, 4095), pick[uint32](g, 0, 1, 255, 256, 0xfffff)
	h.Devmajor, h.Devminor = int64(major), int64(minor)
	n.Rdev = minor&0xff | major<<8 | minor&^0xff<<12
	g.countIf(n.Type() == tree.TypeChar, "character device")
	g.countIf(n.Type() == tree.TypeBlock, "block device")
}
