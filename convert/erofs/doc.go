// Package erofs writes and reads composefs images: EROFS file systems that hold
// a tree's metadata, while the contents of all but the smallest files stay in
// objects that the image names through overlayfs xattrs.
//
// [Write] gives, byte for byte, the image that mkcomposefs 1.0.8 makes of the
// same tree; an image's fs-verity digest is its name, so every byte counts.
// [Open] gives access to an image of that dialect, and [Image.Tree] turns it
// back into a tree of which Write makes the same bytes.
//
// The path of a tree through the writer:
//
//	plan      number the inodes breadth first, add the root's whiteouts
//	overlay   say which xattrs each inode gets in the image
//	shared    find the xattrs that several inodes have
//	emit      run once to measure, once to write; place decides positions
//
// and of bytes through the reader:
//
//	Open → Inode (one slot of the inode table) → lookup, dirents, xattrs → load
//
// The on-disk structures are in internal/disk. The package is pure: tree and
// the standard library only. How the format came to be is told in docs/format.md.
package erofs
