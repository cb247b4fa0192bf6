package tree

import "github.com/composefs-storage/composefs-storage/convert/verity"

// File types, the S_IFMT bits of [Inode.Mode] (inode(7)). Package syscall lacks some of them on
// some systems.
const (
	TypeMask    = 0o170000
	TypeFifo    = 0o010000
	TypeChar    = 0o020000
	TypeDir     = 0o040000
	TypeBlock   = 0o060000
	TypeRegular = 0o100000
	TypeSymlink = 0o120000
	TypeSocket  = 0o140000

	// TypeWhiteout is a whiteout of a layer: its name is deleted from the layers below. No file
	// system call shows this type (it is S_IFWHT of BSD). A character device 0:0, which
	// overlayfs treats as a whiteout, is an ordinary file here: see [Inode.IsWhiteout].
	TypeWhiteout = 0o160000
)

// InlineMax is the largest size in bytes of a file whose content is kept in the tree, and so in
// images: 64 as in mkcomposefs (LCFS_BUILD_INLINE_FILE_SIZE_LIMIT). All packages that make trees of
// files use it. Changing it changes image digests.
const InlineMax = 64

// Inode is a file of any type.
//
// [Equal] and the image writer ignore fields without a meaning for the type. They are kept, so that
// a dump is written back as it was read.
type Inode struct {
	Mode  uint32 // st_mode: type and permission bits
	Nlink uint32 // as recorded; images recompute it for directories
	UID   uint32
	GID   uint32
	Rdev  uint32 // device number, character and block devices only

	MtimeNsec uint32 // not limited to 999999999
	MtimeSec  int64  // seconds since the epoch, may be negative

	// Size is the content's length in bytes. For a directory it is the size in the source, in an
	// image the encoded size, and has no effect. For fifos, sockets and devices it has an effect
	// only if it exceeds 32 bits.
	Size uint64

	// Payload is a symlink's target, or the backing path of a regular file
	// relative to the object directory: see BackingPath.
	Payload string

	// Content is the inline content of a regular file. A file of a layer has Digest and Payload
	// too, and merging needs no object.
	Content string

	// Digest is the fs-verity digest of an external regular file, zero if unknown.
	Digest verity.Digest

	Xattrs Xattrs

	// Dir holds the entries of a directory and is nil for other types.
	Dir *Dir
}

// NewDir returns an empty directory with the given permission bits.
func NewDir(perm uint32) *Inode {
	return &Inode{Mode: TypeDir | perm&^TypeMask, Nlink: 2, Dir: new(Dir)}
}

// Type returns the S_IFMT bits of the mode.
func (n *Inode) Type() uint32 { return n.Mode & TypeMask }

// IsDir reports whether n is a directory.
func (n *Inode) IsDir() bool { return n.Type() == TypeDir }

// IsExternal reports whether n is a regular file whose content is in an object.
func (n *Inode) IsExternal() bool {
	return n.Type() == TypeRegular && n.Size > 0 && n.Content == ""
}

// NewWhiteout returns a whiteout of a layer.
func NewWhiteout() *Inode { return &Inode{Mode: TypeWhiteout, Nlink: 1} }

// IsWhiteout reports whether n is a character device with device number 0, which overlayfs treats
// as a whiteout (fs/overlayfs: IS_WHITEOUT). In a tree it is data, for example of a container store
// inside of a container image. A block device 0:0 is none.
func (n *Inode) IsWhiteout() bool { return n.Type() == TypeChar && n.Rdev == 0 }
