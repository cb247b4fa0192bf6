package ociimage

import (
	"archive/tar"
	"strings"
	"time"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// hardLink makes h the header of a further name, at path, of a file of the layer, and
// returns the file: the stock driver applies a header that differs to it. drawn is
// the drawn values of h. It returns nil if there is no file to link to.
func (g *generator) hardLink(h *tar.Header, drawn tree.Inode, path string) *node {
	to := anyOf(g, g.layer.root.list(""), func(f found) bool {
		_, timed := g.layer.dirTimes[f.path]
		return !f.IsDir() && f.Type() != tree.TypeWhiteout && !timed && f.path != path && !strings.HasPrefix(f.path, path+"/")
	})
	if to == "" {
		return nil
	}
	n := g.layer.root.find(to)
	if _, access := n.Xattrs.Get(accessACL); access || !g.oneIn(3) {
		repeat(h, n)
		g.count("hard link that repeats")
	} else {
		g.change(h, n, drawn)
		g.count("hard link that differs")
	}
	g.countIf(n.Type() == tree.TypeSymlink, "hard link to a symlink")
	h.Linkname = g.spellLink(to)
	return n
}

// repeat gives a hard link the metadata of its file, but for xattrs.
func repeat(h *tar.Header, n *node) {
	h.Format, h.PAXRecords = tar.FormatPAX, nil
	h.Mode, h.Uid, h.Gid = int64(n.Mode&0o7777), int(n.UID), int(n.GID)
	h.ModTime = time.Unix(n.MtimeSec, int64(n.MtimeNsec))
}

// change changes a file as the stock driver does for a hard link: it has the owner
// and the xattrs of the header and, if it is no symlink, the mode and the time. The
// kernel takes capabilities from a file whose owner is changed.
func (g *generator) change(h *tar.Header, n *node, drawn tree.Inode) {
	if n.UID != drawn.UID || n.GID != drawn.GID {
		n.UID, n.GID = drawn.UID, drawn.GID
		if _, ok := n.Xattrs.Get(capability); ok {
			n.Xattrs = n.Xattrs.Without(capability)
			g.count("capability lost to a hard link")
		}
	}
	if n.Type() != tree.TypeSymlink {
		n.Mode = n.Type() | uint32(h.Mode)
		n.MtimeSec, n.MtimeNsec = seenTime(h.ModTime, n.Type())
	}
	for _, x := range drawn.Xattrs {
		n.Xattrs = n.Xattrs.With(x.Name, x.Value)
	}
}
