// Package scan reads a directory of the host into a tree, as mkcomposefs does
// with a directory for its source: small files inline, all others named by their
// fs-verity digest, each name an inode of its own.
//
// It reads the host's file system and so, unlike its neighbours tree and erofs,
// is not pure, and it exists on Linux only. Layers do not come through here:
// they are read from tars.
package scan
