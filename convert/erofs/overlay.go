package erofs

import (
	"bytes"
	"slices"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Xattrs on which overlayfs acts.
const (
	xattrOverlay  = "trusted.overlay."         // the prefix of all of them
	xattrEscaped  = "trusted.overlay.overlay." // overlayfs shows it without the second "overlay."
	xattrMetacopy = "trusted.overlay.metacopy" // the file has metadata only; the object's digest
	xattrRedirect = "trusted.overlay.redirect" // path of the content in the data-only layer
	xattrOpaque   = "trusted.overlay.opaque"   // the directory hides all below it

	// xattrImplied marks an implied directory in a layer image. It is this project's own. No
	// mount shows it because of overlayfs's prefix, and no tar can set it because such names are
	// escaped.
	xattrImplied = "trusted.overlay.composefs.implied"
)

// Marks of a whiteout that is data for a nested overlay mount: overlayfs shows the escaped ones as
// trusted.overlay.*; the user.* ones are for unprivileged mounts. The order is mkcomposefs's.
var (
	whiteoutMarks = []tree.Xattr{
		{Name: xattrEscaped + "whiteout"},
		{Name: "user.overlay.whiteout"},
	}
	opaqueMarks  = []tree.Xattr{{Name: xattrOpaque, Value: "y"}}
	impliedMarks = []tree.Xattr{{Name: xattrImplied}}

	// noDigestMarks are those of an external file without a digest.
	noDigestMarks = []tree.Xattr{{Name: xattrMetacopy}}

	// whiteoutDirMarks are those of a directory with whiteouts, by version.
	whiteoutDirMarks = [2][]tree.Xattr{
		{
			{Name: xattrEscaped + "whiteouts"},
			{Name: "user.overlay.whiteouts"},
		},
		{
			{Name: xattrEscaped + "whiteouts"},
			{Name: "user.overlay.whiteouts"},
			{Name: xattrEscaped + "opaque", Value: "x"},
			{Name: "user.overlay.opaque", Value: "x"},
		},
	}
)

// escapeName keeps overlayfs from acting on an xattr of the user's. Escaping does not change the
// order of names.
func escapeName(name string) string {
	if rest, ok := strings.CutPrefix(name, xattrOverlay); ok {
		return xattrEscaped + rest
	}
	return name
}

// metacopyHeaderSize is the length of the bytes before the digest in the value of xattrMetacopy.
const metacopyHeaderSize = 4

// metacopyHeader begins the value of xattrMetacopy for a file with a digest: version 0, length of
// the value, no flags, number of the algorithm (struct ovl_metacopy of the kernel).
func metacopyHeader(a verity.Algorithm) [metacopyHeaderSize]byte {
	return [...]byte{0, byte(metacopySize(a)), 0, byte(a)}
}

// metacopySize returns the length of the value of xattrMetacopy.
func metacopySize(a verity.Algorithm) int { return metacopyHeaderSize + a.Size() }

// metacopyDigest returns the digest in a value of xattrMetacopy, nil if the value is not valid.
func metacopyDigest(value []byte) []byte {
	for _, a := range []verity.Algorithm{verity.SHA256, verity.SHA512} {
		if h := metacopyHeader(a); len(value) == metacopySize(a) && bytes.HasPrefix(value, h[:]) {
			return value[metacopyHeaderSize:]
		}
	}
	return nil
}

// marksOf returns the xattrs that the format adds to those of node i. It leaves out metacopy with a
// digest and redirect.
func (p *plan) marksOf(i int) []tree.Xattr {
	node := &p.nodes[i]
	switch {
	case node.inode.Dir != nil:
		return p.dirMarks(i)
	case p.isWhiteout(node.inode):
		return whiteoutMarks
	case node.external && node.inode.Digest.IsZero():
		return noDigestMarks
	}
	return nil
}

// dirMarks is marksOf for a directory.
func (p *plan) dirMarks(i int) (marks []tree.Xattr) {
	layer, dir := p.opts.Format == Layer, p.nodes[i].inode.Dir
	if p.nodes[i].whiteouts {
		marks = whiteoutDirMarks[p.version]
	}
	if layer && dir.Implied {
		marks = slices.Concat(marks, impliedMarks)
	}
	if layer && dir.Opaque || !layer && i == 0 {
		marks = slices.Concat(marks, opaqueMarks)
	}
	return marks
}

// ownAttrs returns the xattrs of node i in the image, sorted by name: its own, escaped where
// overlayfs would act on them, and marks, without metacopy with a digest and redirect. The result
// is valid until the next call.
func (p *plan) ownAttrs(i int) []attr {
	attrs := p.own[:0]
	for _, x := range p.nodes[i].inode.Xattrs {
		attrs = append(attrs, newAttr(escapeName(x.Name), x.Value))
	}
	for _, x := range p.marksOf(i) {
		a := newAttr(x.Name, x.Value)
		at, found := slices.BinarySearchFunc(attrs, a.name, func(a attr, name string) int {
			return strings.Compare(a.name, name)
		})
		if found {
			attrs[at] = a
		} else {
			attrs = slices.Insert(attrs, at, a)
		}
	}
	p.own = attrs
	return attrs
}

// imageAttrs returns all xattrs of node i in the image, sorted by name. The result is valid until
// the next call.
func (e *emitter) imageAttrs(i int) []*attr {
	node := &e.nodes[i]
	n := node.inode
	own := e.sets[node.attrs].attrs
	attrs := e.attrs[:0]
	if node.external {
		if !n.Digest.IsZero() {
			attrs, own = appendBelow(attrs, own, xattrMetacopy)
			e.metacopy.setDigest(n)
			e.metacopy.setShared(e.shared.metacopy, node.metacopy)
			attrs = append(attrs, &e.metacopy)
		}
		if n.Payload != "" {
			attrs, own = appendBelow(attrs, own, xattrRedirect)
			e.redirect.setPath(n)
			e.redirect.setShared(e.shared.redirect, node.redirect)
			attrs = append(attrs, &e.redirect)
		}
	}
	for k := range own {
		attrs = append(attrs, &own[k])
	}
	e.attrs = attrs
	return attrs
}

// appendBelow appends those of own that sort before name, and returns the rest. None has that name
// itself because names of the user's are escaped.
func appendBelow(attrs []*attr, own []attr, name string) ([]*attr, []attr) {
	for len(own) > 0 && own[0].name < name {
		attrs = append(attrs, &own[0])
		own = own[1:]
	}
	return attrs, own
}
