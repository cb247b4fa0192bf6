// Package convert turns layers into content-addressed objects and composefs images:
//
//	tar ─► layer.Read ──────────────► tree ─► erofs.Write ─► layer image ─┐
//	          │ contents                                                  ├─► MergeTree ─► erofs.Write ─► merged image
//	          └─► workers ─► objects.Batch                  other layers ─┘               (Canonical)
//
// A layer image holds the files of a layer and its whiteouts. The merged image of a chain of
// layers is the one that is mounted. The subpackages:
//
//	layer    a layer tar as a tree, its contents to a store
//	toc      a zstd:chunked layer as a tree, from its table of contents and files
//	tree     the in-memory file system that the others read or build
//	dump     its text form, composefs-dump(5)
//	erofs    its image form, byte-identical to mkcomposefs
//	verity   fs-verity digests
//	objects  the pool of contents and merged images, and their links into layers
//	scan     a directory of the host as a tree
//	files    file operations that package os lacks
//
// docs/architecture.md and tests/arch_test.go list the imports that are allowed between them.
//
// # Layer images
//
// Stock containers/storage stacks layer images ([erofs.Layer]), and [Merge] merges them.
// Whiteouts and opaque directories are those of overlayfs, and every file refers to its object. The
// image also contains the contents of files of at most 64 bytes, so that merging reads images only:
// objects would cost a random read for each of thousands of small files. An xattr that overlayfs
// hides, and that no tar can set, marks implied directories, which have no entry of their own.
//
// # Merging
//
// [MergeTree] goes through the directories from the top layer down. It lists a directory in all
// layers that show in it, and reads an inode only if it is part of the result: a hidden file costs
// its name. Names and types decide, so a goroutine for each layer reads the files while the next
// directories are merged. Of the names of a hard-linked file, the first in walk order is the real
// one, as in composefs-rs, which makes the image digest the same there.
//
// A segment is a part of a chain, consecutive layers merged into a layer image: whiteouts stay.
// Merging is associative; the tests split every chain at every place to check that.
//
// Layers of stock containers/storage are merged too. Their whiteouts are files named .wh.*, and
// their contents have names of their own, which Source.Adopt adds to the pool. If nothing can be
// linked into the pool, because the store is read-only, Source.Keep leaves paths and digests as
// they are, and the layer's object directory becomes one more data-only layer of the mount. Such an
// image differs from the one that others make of the same tree, so it is never canonical.
package convert
