// Package convert turns layers into content-addressed objects and composefs
// images. Its rooms:
//
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
