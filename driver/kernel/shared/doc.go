// Package shared lets the containers of an image share one EROFS mount of it, and so its inodes and
// directory entries in memory. Each container has an overlay whose lower layer is that mount.
//
// The process that unmounts is rarely the one that mounted. A directory on a file system that a
// reboot empties therefore records the users of each mount:
//
//	DIR/lock                  flock: held for every change
//	DIR/8.1-123/root          the mount point of the image with that device and inode
//	DIR/8.1-123/ended         the reason why a server has ended, for mounts by FUSE
//	DIR/8.1-123/users/5f3a…   a user: the file contains the user's own mount point
//	DIR/5f3a….images          the images of a user, so that its end costs the same beside many images
//
// A user is the mount point of an overlay. It is in use while something is mounted there, and
// between Acquire and that mount while a process holds the [Lease], a shared flock on the user's
// file. A crash releases the flock. The package removes records of ended users when it meets them,
// so no process has to clean up after itself.
//
// Wrong records cost memory only. An overlay keeps the file systems of its layers alive: if the
// shared mount is unmounted too early, its users keep it, and later ones make another.
// [Mounts.Sweep] unmounts one that is left. A lease contains the open root of the mount, so that no
// user can take the empty directory below the mount for the image.
//
// Device and inode identify an image: the kernel does not reuse the inode of a mounted image, and
// all links to an image share a mount. Images whose digest was measured at the mount have other
// mounts than images without a digest.
//
// One lock for all images is enough, because a mount takes a fraction of a millisecond.
package shared
