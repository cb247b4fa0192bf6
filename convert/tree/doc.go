// Package tree is the in-memory file system that the other packages of convert read and build:
// directories, regular files, symlinks, devices, fifos, sockets, hard links and extended
// attributes.
//
// A [Tree] has a root [Inode]; a directory's [Dir] holds entries sorted by name in unsigned byte
// order. The content of a file is either inline or named by a backing path and an fs-verity digest:
// a tree never holds the bytes of a large file and never touches a disk.
//
// Hard links: several entries may name one inode. Exactly one of them is the real entry, which
// decides the inode's place in an image; the others have [Entry.Link] set. Walks never descend
// through a link. [Equal] does not compare which entry is the real one, because no file system call
// shows it; a comparison of images does.
//
// A tree may be that of a layer. It then has inodes of type [TypeWhiteout], and directories that
// are Opaque or Implied. Devices 0:0 and xattrs trusted.overlay.* are data in any tree.
//
// Memory: one Inode type of 112 bytes serves all file types, and entries are kept in sorted runs of
// at most 512, so insertion in any order is cheap and most directories are one slice. The path of
// an object follows from its digest, so most files have the payload [ByDigest] instead of a path,
// which saves 80 bytes for each. A million files with digest, path and SELinux label take 264 MB
// (go test ./convert/tree -run Million -v).
//
// The package is pure: standard library only, no I/O. Its neighbours are dump
// (the text form), erofs (the image form) and layer (from a tar).
package tree
