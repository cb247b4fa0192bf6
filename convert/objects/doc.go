// Package objects is the pool: the contents of files, each stored once under its
// fs-verity digest, and hard-linked into the layers that have it.
//
//	DIR/objects/ab/cdef…   one file for each distinct content
//	DIR/staging/123        the objects of a layer that has no place yet
//	DIR/lock               flock: shared while adding, exclusive while collecting
//
// A layer adds its contents through a [Batch]. New objects are written straight
// into the layer's own directory, whose caller keeps it out of sight until the
// layer is complete, and what the pool has is linked there. [Batch.Commit] then
// makes all of it durable with one syncfs and only afterwards gives the new objects
// their names in the pool. So after a power cut at any instant an object that has a
// name in the pool is complete; the half layer is its caller's to delete, or
// [Pool.Collect]'s if it is staged.
//
// The link count is the truth about garbage: an object that only the pool links is
// in no layer, and [Pool.Collect] removes it.
//
// Objects carry no metadata that matters: mode 0600, no xattrs. Owner, mode, times
// and xattrs of a file are in images, so equal contents are one object whatever
// these are. An empty file has no object.
//
// The package works on Linux only.
package objects
