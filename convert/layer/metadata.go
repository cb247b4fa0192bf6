package layer

import (
	"archive/tar"
	"math"
	"time"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// describeDir applies the header of a directory that may be there already: its
// metadata is replaced, but xattrs are only added.
func (b *Builder) describeDir(n *tree.Inode, hdr *tar.Header) error {
	n.Dir.Implied = false
	return b.describe(n, hdr)
}

// describeRoot applies the header of the root, spelled so that the unpacker does not
// pass over it. The owner stays root: containers/storage resets it at every mount.
func (b *Builder) describeRoot(hdr *tar.Header) error {
	root := b.tree.Root
	err := b.describeDir(root, hdr)
	root.UID, root.GID = 0, 0
	return err
}

// describe gives n the metadata of a header, in the order of the unpacker: chown,
// chmod, utimes, setxattr.
func (b *Builder) describe(n *tree.Inode, hdr *tar.Header) error {
	n.UID, n.GID = owner(hdr.Uid, n.UID), owner(hdr.Gid, n.GID)
	symlink := n.Type() == tree.TypeSymlink
	switch {
	case !symlink:
		n.Mode = n.Type() | uint32(hdr.Mode)&0o7777
	case hdr.Typeflag == tar.TypeSymlink:
		n.Mode = tree.TypeSymlink | 0o777
	}
	if !symlink || hdr.Typeflag == tar.TypeSymlink {
		n.MtimeSec, n.MtimeNsec = mtime(hdr.ModTime, symlink)
	}
	return b.addXattrs(n, hdr)
}

// owner returns the id that chown(2) sets: 32 bits count, and -1 changes nothing.
func owner(id int, old uint32) uint32 {
	if uint32(id) == math.MaxUint32 {
		return old
	}
	return uint32(id)
}

// What containers/storage takes for a time (pkg/system: Chtimes). Anything else
// becomes 0, except on symlinks.
var (
	minTime = time.Unix(0, 0)
	maxTime = time.Unix(0, math.MaxInt64)
)

func mtime(t time.Time, symlink bool) (sec int64, nsec uint32) {
	if !symlink && (t.Before(minTime) || t.After(maxTime)) {
		return 0, 0
	}
	return t.Unix(), uint32(t.Nanosecond())
}

// deviceNumber returns the number of a device as the kernel encodes it
// (new_encode_dev), which keeps 12 bits of the major and 20 of the minor.
func deviceNumber(hdr *tar.Header) uint32 {
	major, minor := uint32(hdr.Devmajor), uint32(hdr.Devminor)
	return minor&0xfff00<<12 | major&0xfff<<8 | minor&0xff
}
