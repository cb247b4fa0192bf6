// Package tree is the in-memory file system that everything else in convert
// reads or builds: directories, regular files, symlinks, devices, fifos,
// sockets, hard links and extended attributes.
//
// A [Tree] has a root [Inode]; a directory's [Dir] holds entries sorted by name
// in unsigned byte order. The content of a file is either inline or named by a
// backing path and an fs-verity digest: a tree never holds the bytes of a large
// file and never touches a disk.
//
// Hard links. Several entries may name one inode. Exactly one of them is the
// real entry, which decides where the inode stands in an image; the others have
// [Entry.Link] set. Walks never descend through a link.
//
// The package is pure: standard library only, no I/O. Its neighbours are dump
// (the text form), erofs (the image form) and layer (from a tar).
package tree
