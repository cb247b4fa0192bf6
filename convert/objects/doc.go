// Package objects is the pool: the contents of files, each stored once under its
// fs-verity digest, and hard-linked into the layers that have it; and the merged images
// of chains of layers, kept in the same way.
//
//	DIR/objects/ab/cdef…   one file for each distinct content
//	DIR/images/abcdef…     one for each distinct merged image
//	DIR/staging/123        the objects of a layer that has no place yet
//	DIR/damaged/abcdef…    a content to be brought anew, and by which names: see [Repair.Forget]
//	DIR/garbage            there if garbage was left that nobody has collected yet
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
// The link count is the truth about garbage: an object or an image that only the pool
// links is in no layer. [Pool.Collect] removes it, or [Pool.Release] when its layer goes.
//
// Objects carry no metadata that matters: mode 0600, no xattrs. Owner, mode, times
// and xattrs of a file are in images, so equal contents are one object whatever
// these are. An empty file has no object.
//
// An image is synced before it has its name. It is linked from outside the pool within
// the batch that adds it.
//
// The package works on Linux only.
package objects
