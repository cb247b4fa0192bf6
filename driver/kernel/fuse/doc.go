// Package fuse serves composefs images by FUSE, for users who may not mount EROFS. The mount shows
// the same inodes as the kernel's EROFS, with the same inode numbers, apart from devices, which it
// hides. It is the lower layer of an overlay with the mount option userxattr, so each xattr
// trusted.overlay.X appears as user.overlay.X.
//
// The protocol is written by hand, because a server must be replaceable while it is mounted: it
// keeps no state. A node id of FUSE is the node id in the image, and a position in a directory
// names a block and an entry. So a second server on the same descriptor of /dev/fuse answers the
// next request, and [Server.Resume] makes the kernel send again the requests that the first one
// took and did not answer.
//
// The content of files is not served, apart from the few bytes that are in the image: overlayfs
// reads it from the objects.
//
// Source of the protocol: include/uapi/linux/fuse.h of Linux 6.18.
package fuse
