// Package convert turns layers into content-addressed objects and composefs
// images:
//
//	tar ─► Layer ─► objects and a layer image ─► Merge ─► the merged image
//
// A layer image says what the layer has and what it deletes; the merged image of a
// chain of layers is what is mounted. The rooms:
//
//	layer    the rules of layer tars: a tar as a tree, its contents to a store
//	toc      the same for zstd:chunked layers, of which there are a list and files
//	tree     the in-memory file system that the others read or build
//	dump     its text form, composefs-dump(5)
//	erofs    its image form, byte-identical to mkcomposefs
//	verity   fs-verity digests: of objects, whose names they are, and of images
//	objects  the pool of contents, and their links into layers
//	scan     a directory of the host as a tree
//
// Arrows point one way, from this package to its rooms, and among those to tree
// and verity. docs/architecture.md tells more.
package convert
