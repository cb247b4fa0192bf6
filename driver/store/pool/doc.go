// Package pool opens the pool of a store so that files can be linked between the pool and layers.
//
// The overlay driver mounts its home on itself to keep mounts in it private, and link(2) does not
// cross mounts. Open therefore clones the mount of the store's root into a detached mount, without
// the mounts below it, and accesses the pool and the layers through the clone. If the directory
// overlay is a file system of its own, links are impossible, and layers stay plain: see [ErrApart].
package pool
