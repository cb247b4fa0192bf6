// Package disk holds the on-disk structures of composefs images and nothing else: the composefs
// header, and the part of EROFS that composefs uses. All integers are little-endian.
//
// A comment beside each field gives its name in the kernel's fs/erofs/erofs_fs.h. Every structure
// has a method Put, which fills exactly its Size bytes, and a function Get, its inverse, if the
// reader needs one.
package disk
