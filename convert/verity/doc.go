// Package verity computes fs-verity digests of files, and asks the kernel to enable and to measure
// fs-verity.
//
// The digest is the one that the kernel returns for a file (FS_IOC_MEASURE_VERITY) with blocks of
// 4096 bytes, no salt and no signature: the hash of a descriptor that holds the file's size and the
// root of a Merkle tree over its blocks. It is not the sha256 of the bytes. The block size is part
// of the format and does not depend on the host's page size. The rules are in
// Documentation/filesystems/fsverity.rst of Linux.
//
// The package builds on any system; only the ioctls of verity_linux.go need Linux.
package verity
