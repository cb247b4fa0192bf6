// Package shared lets all who mount an image share one EROFS mount of it, and so its
// inodes and directory entries in memory: the containers of an image each have an
// overlay, whose lower layer is that one mount.
//
// They are different processes, and he who unmounts is seldom he who mounted, so what
// is in use is recorded in a directory on a file system that is empty after a reboot:
//
//	DIR/lock                  flock: held for every change
//	DIR/8.1-123/root          where the image with that device and inode is mounted
//	DIR/8.1-123/users/5f3a…   a user: the file's text is where it has its own mount
//
// A *user* is the place of the overlay that is to be mounted. So it can be seen
// whether a user is still there: it is while something is mounted at that place, and,
// between Acquire and the mounting, while the process holds the [Lease]: a shared
// flock on the user's file, which a crash gives up. Records of users that are gone are
// removed when they are in the way: no process has to clean up after itself.
//
// Nothing depends on records being right but tidiness. An overlay holds the file
// system of its layers by itself, so that a mount that is taken away too early is
// shared by nobody who comes later, but those who have it keep it. One that is left is
// found by [Mounts.Sweep]. And a lease carries the open root of the mount, so that
// nobody can take the empty directory below for the image.
//
// An image is told by its device and inode: a mounted image's inode cannot be given
// to another file, and links to one image share one mount. Images that were measured
// when they were mounted are apart from those that were not.
//
// One lock for all images is enough: mounting takes a fraction of a millisecond.
package shared
