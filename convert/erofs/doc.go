// Package erofs writes and reads composefs images: EROFS file systems that hold a tree's metadata,
// while the contents of all but the smallest files stay in objects, to which the image refers by
// overlayfs xattrs.
//
// [Write] makes the same bytes as mkcomposefs 1.0.8 makes of the same tree; an image is named by
// its fs-verity digest, so every byte counts. [Open] opens such an image, and [Image.Tree] turns it
// back into a tree of which Write makes the same bytes.
//
// The on-disk structures are in internal/disk. The package is pure: it imports tree and the
// standard library only. docs/format.md describes the format.
//
// # Writing an image
//
//   - plan numbers the inodes breadth first and adds the root's whiteouts. The children of a
//     directory are numbered consecutively, so a directory records only the first.
//   - overlay decides which xattrs each inode gets in the image.
//   - survey computes the sizes of directories and finds the xattrs that several inodes share,
//     before anything is placed. Nearly every file has a metacopy and a redirect xattr of its own,
//     so a hash table of node indices finds the few equal ones; a map of all values would take half
//     of the time. The seed of the hash does not influence the result.
//   - emit runs twice over the same code. The first run measures: output.next returns nothing to
//     fill in, and each inode's place is recorded. The second run writes, and every place is known.
//     So no layout is decided twice; an inode that would move is an internal error.
//   - write encodes pieces of about 256 KiB on all processors and writes them in order. The bytes
//     do not depend on the number of processors.
//
// # Reading an image
//
// The reader trusts nothing. Nothing overlaps in a sound image, so each operation has a budget: the
// inodes, xattrs, directories and contents that it keeps in memory must not exceed the image's
// size. A hostile image cannot make it read the same bytes a million times, and an operation
// allocates at most [MemoryFactor] times the image's size.
//
// Inodes are numbered in the order of their real entries. A breadth-first walk that counts finds
// the real entry of each inode: its number is the next one, and the ".." of a directory leads back.
// Where two names would give the same image, the first is taken.
//
// The reader recognises an escaped whiteout by the marks of the file together with those of its
// directory, so a file that merely carries such xattrs keeps them.
package erofs
