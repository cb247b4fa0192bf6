package erofs

import (
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// Xattrs that overlayfs acts on.
const (
	xattrOverlay  = "trusted.overlay."         // all of them begin so
	xattrEscaped  = "trusted.overlay.overlay." // overlayfs shows it without the second "overlay."
	xattrMetacopy = "trusted.overlay.metacopy" // "only metadata here", with the object's digest
	xattrRedirect = "trusted.overlay.redirect" // where the content is in the data layer
	xattrOpaque   = "trusted.overlay.opaque"   // "nothing below shines through"
)

// Marks of a whiteout that is data for the mount above: overlayfs passes the
// escaped ones on as trusted.overlay.*, the user.* ones serve unprivileged
// mounts. The order is mkcomposefs's.
var (
	whiteoutMarks = []tree.Xattr{
		{Name: xattrEscaped + "whiteout"},
		{Name: "user.overlay.whiteout"},
	}
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

// escapeName keeps overlayfs from acting on an xattr that came as data. Escaped
// names sort among themselves and against others as they did before.
func escapeName(name string) string {
	if rest, ok := strings.CutPrefix(name, xattrOverlay); ok {
		return xattrEscaped + rest
	}
	return name
}

// metacopyHeader begins the value of xattrMetacopy if there is a digest: version
// 0, length of the value, no flags, algorithm 1 for sha256 (struct ovl_metacopy
// of the kernel).
var metacopyHeader = [4]byte{0, metacopySize, 0, 1}

const metacopySize = 4 + 32

// attr is an xattr as the image has it. The values of the two that nearly every
// file has are not spelled out before they are written.
type attr struct {
	name  string
	kind  attrKind
	value string      // the value; for redirect without the slash before it
	file  *tree.Inode // for metacopy, whose value is made of the file's digest
}

type attrKind uint8

const (
	plain attrKind = iota
	metacopy
	redirect
)

func (a *attr) valueSize() int {
	switch a.kind {
	case metacopy:
		return metacopySize
	case redirect:
		return 1 + len(a.value)
	}
	return len(a.value)
}

func (a *attr) putValue(b []byte) {
	switch a.kind {
	case metacopy:
		copy(b, metacopyHeader[:])
		copy(b[len(metacopyHeader):], a.file.Digest[:])
	case redirect:
		b[0] = '/'
		copy(b[1:], a.value)
	default:
		copy(b, a.value)
	}
}

// imageAttrs returns the xattrs that node i has in the image, sorted by name:
// its own, escaped where overlayfs would act on them, and what the format adds.
// The result is valid until the next call.
func (p *plan) imageAttrs(i int) []attr {
	node := &p.nodes[i]
	n := node.inode
	attrs := p.attrs[:0]
	for _, x := range n.Xattrs {
		attrs = append(attrs, attr{name: escapeName(x.Name), value: x.Value})
	}
	switch {
	case n.IsExternal():
		a := attr{name: xattrMetacopy}
		if n.Digest != nil {
			a.kind, a.file = metacopy, n
		}
		attrs = setAttr(attrs, a)
		if n.Payload != "" {
			attrs = setAttr(attrs, attr{name: xattrRedirect, kind: redirect, value: n.Payload})
		}
	case p.isWhiteout(n):
		attrs = setMarks(attrs, whiteoutMarks)
	case node.whiteouts:
		attrs = setMarks(attrs, whiteoutDirMarks[p.version])
	}
	if i == 0 {
		attrs = setAttr(attrs, attr{name: xattrOpaque, value: "y"})
	}
	p.attrs = attrs
	return attrs
}

func setMarks(attrs []attr, marks []tree.Xattr) []attr {
	for _, x := range marks {
		attrs = setAttr(attrs, attr{name: x.Name, value: x.Value})
	}
	return attrs
}

// setAttr puts a in its place, replacing one of the same name.
func setAttr(attrs []attr, a attr) []attr {
	i := len(attrs)
	for i > 0 && attrs[i-1].name > a.name {
		i--
	}
	if i > 0 && attrs[i-1].name == a.name {
		attrs[i-1] = a
		return attrs
	}
	attrs = append(attrs, attr{})
	copy(attrs[i+1:], attrs[i:])
	attrs[i] = a
	return attrs
}
