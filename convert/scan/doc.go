// Package scan reads a directory of the host into a tree, as mkcomposefs does with a directory as
// its source: small files become inline, others are named by their fs-verity digest, and each name
// becomes an inode of its own.
//
// Unlike tree and erofs it is not pure, because it reads the host's file system. It exists on Linux
// only. It does not read layers.
package scan
