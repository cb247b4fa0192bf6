package layer

import (
	"archive/tar"
	"math"
	"time"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// describeDir applies the header of a directory that may exist already: it replaces the metadata,
// but only adds xattrs.
func (b *Builder) describeDir(n *tree.Inode, hdr *tar.Header) error {
	n.Dir.Implied = false
	return b.describe(n, hdr)
}

// describeRoot applies a header of the root that the unpacker does not ignore because of its
// spelling. The owner stays root: containers/storage resets it at every mount.
func (b *Builder) describeRoot(hdr *tar.Header) error {
	root := b.tree.Root
	err := b.describeDir(root, hdr)
	root.UID, root.GID = 0, 0
	return err
}

// describe applies the metadata of a header in the unpacker's order: chown, chmod, utimes,
// setxattr.
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

// owner returns the id that chown(2) sets: it takes 32 bits, and -1 changes nothing.
func owner(id int, old uint32) uint32 {
	if uint32(id) == math.MaxUint32 {
		return old
	}
	return uint32(id)
}

// The range of times in containers/storage (pkg/system: Chtimes). Other times become 0, except on
// symlinks.
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

// deviceNumber returns the device number in the kernel's encoding (new_encode_dev), which keeps 12
// bits of the major and 20 of the minor number.
func deviceNumber(hdr *tar.Header) uint32 {
	major, minor := uint32(hdr.Devmajor), uint32(hdr.Devminor)
	return minor&0xfff00<<12 | major&0xfff<<8 | minor&0xff
}
