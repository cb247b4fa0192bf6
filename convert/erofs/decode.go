package erofs

import (
	"bytes"
	"fmt"
	"math"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/erofs/internal/disk"
	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// newInode reads the inode at nid and charges its memory.
func (r *reader) newInode(nid uint64) (record, *tree.Inode, error) {
	rec, err := r.record(nid)
	if err != nil {
		return record{}, nil, err
	}
	if err := r.spend(int64(rec.DiskSize() + rec.area)); err != nil {
		return record{}, nil, fmt.Errorf("inode %d: %w", nid, err)
	}
	n, err := r.decode(&rec)
	return rec, n, err
}

// decode turns a record into an inode of a tree: it removes the marks of the format and un-escapes
// xattrs. Two things are left to the caller: a directory's entries, and whether a file that looks
// like an escaped whiteout is one, see reveal.
func (r *reader) decode(rec *record) (*tree.Inode, error) {
	var n *tree.Inode
	if rec.Layout == disk.ChunkBased {
		n = r.alloc.NewFile()
	} else {
		n = new(tree.Inode)
	}
	n.Mode, n.Nlink, n.UID, n.GID = uint32(rec.Mode), rec.Nlink, rec.UID, rec.GID
	n.MtimeSec, n.MtimeNsec = rec.Mtime, rec.MtimeNsec
	xattrs, err := r.readXattrs(rec)
	if err != nil {
		return nil, err
	}
	d := decoder{n: n, alloc: &r.alloc, chunked: rec.Layout == disk.ChunkBased, root: rec.nid == uint64(r.super.RootNid), layer: r.layer}
	own, err := d.xattrs(xattrs)
	if err != nil {
		return nil, fmt.Errorf("inode %d: %w", rec.nid, err)
	}
	n.Xattrs = r.keepSet(own)
	switch n.Type() {
	case tree.TypeDir:
		n.Size = rec.Size
	case tree.TypeRegular:
		n.Size = rec.Size
		chunked := rec.Layout == disk.ChunkBased
		if d.external != chunked && !(d.external && r.layer) {
			return nil, fmt.Errorf("inode %d: %w: layout %d, metacopy %t", rec.nid, ErrCorrupt, rec.Layout, d.external)
		}
		if !chunked {
			n.Content, err = r.content(rec, contentMax)
		}
	case tree.TypeSymlink:
		n.Size = rec.Size
		n.Payload, err = r.content(rec, targetMax)
		if err == nil && (n.Payload == "" || strings.IndexByte(n.Payload, 0) >= 0) {
			err = fmt.Errorf("inode %d: %w: symlink target %q", rec.nid, ErrCorrupt, n.Payload)
		}
	case tree.TypeChar, tree.TypeBlock:
		n.Rdev = rec.U
		n.Size = r.sizeBehind(rec)
		if r.layer && n.IsWhiteout() {
			n.Mode = tree.TypeWhiteout | n.Mode&^tree.TypeMask
		}
	case tree.TypeFifo, tree.TypeSocket:
		n.Size = r.sizeBehind(rec)
	default:
		err = fmt.Errorf("inode %d: %w: mode %#o", rec.nid, ErrCorrupt, rec.Mode)
	}
	if err != nil {
		return nil, err
	}
	if d.external && n.Size == 0 {
		return nil, fmt.Errorf("inode %d: %w: external file of no bytes", rec.nid, ErrCorrupt)
	}
	return n, nil
}

// sizeBehind returns a size that gives an inode without content the extended form, if no other
// field requires that form: mkcomposefs looks at the SIZE of fifos, sockets and devices too, but
// records 0.
func (r *reader) sizeBehind(rec *record) uint64 {
	if !rec.Extended || rec.Mtime != r.super.BuildTime || rec.MtimeNsec != r.super.BuildTimeNsec ||
		rec.Nlink > math.MaxUint16 || rec.UID > math.MaxUint16 || rec.GID > math.MaxUint16 {
		return 0
	}
	return math.MaxUint32 + 1
}

// decoder interprets the xattrs of an inode.
type decoder struct {
	n        *tree.Inode
	alloc    *tree.Allocator
	chunked  bool // the layout of n is chunk-based
	root     bool
	layer    bool // the image is a layer image
	external bool // has a metacopy xattr
}

// xattrs interprets the xattrs on which overlayfs acts and returns the others, un-escaped.
func (d *decoder) xattrs(xattrs []rawXattr) (own []rawXattr, err error) {
	own = xattrs[:0]
	for _, x := range xattrs {
		if strings.HasPrefix(x.name, xattrOverlay) && !strings.HasPrefix(x.name, xattrEscaped) {
			if err := d.overlay(x); err != nil {
				return nil, err
			}
			continue
		}
		x.name = unescapeName(x.name)
		if len(x.name) > tree.NameMax {
			return nil, fmt.Errorf("%w: xattr name of %d bytes", ErrCorrupt, len(x.name))
		}
		own = append(own, x)
	}
	if d.n.Payload != "" && !d.external {
		return nil, fmt.Errorf("%w: redirect without metacopy", ErrUnsupported)
	}
	return own, nil
}

// overlay interprets an xattr on which overlayfs acts.
func (d *decoder) overlay(x rawXattr) error {
	regular := d.n.Type() == tree.TypeRegular
	switch {
	case x.name == xattrOpaque && d.layer && d.n.IsDir() && string(x.value) == "y":
		d.dir().Opaque = true
		return nil
	case x.name == xattrImplied && d.layer && d.n.IsDir() && len(x.value) == 0:
		d.dir().Implied = true
		return nil
	case x.name == xattrOpaque && d.root && !d.layer && string(x.value) == "y":
		return nil
	case x.name == xattrMetacopy && regular && len(x.value) == 0:
		d.external = true
		return nil
	case x.name == xattrMetacopy && regular && metacopyDigest(x.value) != nil:
		d.external = true
		if !d.chunked && !d.layer {
			return fmt.Errorf("%w: metacopy on a file that is not chunk-based", ErrCorrupt)
		}
		d.n.Digest = d.alloc.Digest(metacopyDigest(x.value))
		return nil
	case x.name == xattrRedirect && regular && len(x.value) > 1 && len(x.value) <= 1+targetMax &&
		x.value[0] == '/' && bytes.IndexByte(x.value, 0) < 0:
		// Xattrs are sorted, so metacopy comes before.
		if d.n.Payload = tree.ByDigest; !tree.IsObjectPath(x.value[1:], d.n.Digest) {
			d.n.Payload = string(x.value[1:])
		}
		return nil
	}
	return fmt.Errorf("%w: xattr %s with %d bytes on mode %#o", ErrUnsupported, x.name, len(x.value), d.n.Mode)
}

// dir returns the directory in a layer image that d reads.
func (d *decoder) dir() *tree.Dir {
	if d.n.Dir == nil {
		d.n.Dir = new(tree.Dir)
	}
	return d.n.Dir
}

// keepSet returns a copy of the xattrs that stays valid. Equal sets share one copy, because a file
// system has few different ones.
func (r *reader) keepSet(own []rawXattr) tree.Xattrs {
	if len(own) == 0 {
		return nil
	}
	r.key = r.key[:0]
	for _, x := range own {
		r.key = appendKey(r.key, x.name, x.value)
	}
	if set, ok := r.sets[string(r.key)]; ok {
		return set
	}
	set := make(tree.Xattrs, len(own))
	for i, x := range own {
		set[i] = tree.Xattr{Name: x.name, Value: string(x.value)}
	}
	const keyMax, setsMax = 256, 1 << 16
	if len(r.key) <= keyMax && len(r.sets) < setsMax {
		r.sets[string(r.key)] = set
	}
	return set
}

// hasMarks reports whether x has all the marks. The names in x are un-escaped.
func hasMarks(x tree.Xattrs, marks []tree.Xattr) bool {
	for _, mark := range marks {
		if value, ok := x.Get(unescapeName(mark.Name)); !ok || value != mark.Value {
			return false
		}
	}
	return true
}

func withoutMarks(x tree.Xattrs, marks []tree.Xattr) tree.Xattrs {
	for _, mark := range marks {
		x = x.Without(unescapeName(mark.Name))
	}
	if len(x) == 0 {
		return nil
	}
	return x
}

// unmark removes the marks of a directory with escaped whiteouts and reports whether it had them.
func (m *Image) unmark(n *tree.Inode) bool {
	marks := whiteoutDirMarks[m.version]
	if !n.IsDir() || !hasMarks(n.Xattrs, marks) {
		return false
	}
	n.Xattrs = withoutMarks(n.Xattrs, marks)
	return true
}

// unescapeName is the inverse of escapeName.
func unescapeName(name string) string {
	if rest, ok := strings.CutPrefix(name, xattrEscaped); ok {
		return xattrOverlay + rest
	}
	return name
}

// reveal turns n into a whiteout if it looks like an escaped one and its directory has the marks of
// one with whiteouts. Both conditions are needed: a file that merely has such xattrs keeps them.
func reveal(n *tree.Inode, dirMarked bool) bool {
	if !dirMarked || n.Type() != tree.TypeRegular || n.Size != 0 || !hasMarks(n.Xattrs, whiteoutMarks) {
		return false
	}
	n.Mode = tree.TypeChar | n.Mode&^tree.TypeMask
	n.Xattrs = withoutMarks(n.Xattrs, whiteoutMarks)
	return true
}

// isGenerated reports whether an entry of the root is a whiteout that the writer added. Whiteouts
// of the user's are escaped.
func isGenerated(name string, n *tree.Inode) bool {
	return isHexName(name) && n.IsWhiteout()
}

func isHexName(name string) bool {
	return len(name) == 2 && isLowerHex(name[0]) && isLowerHex(name[1])
}

func isLowerHex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' }
