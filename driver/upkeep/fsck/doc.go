// Package fsck checks what stores hold and repairs it: whether each object has the content
// that its name says, whether each layer has the objects that its image names, and whether
// each merged image is the one that its layers give. What is wrong is a [Finding], which
// also tells whom it concerns: container images, and the files in them.
//
//	check      which layers; then the steps below; then what is still true is told
//	layer      a layer image: readable, and its objects there
//	merged     a merged image: its digest, and what merging gives
//	hash       every object, read once however many names it has
//	uses       which files of which images have a content
//	repair     good copies from the store itself, or from where an image came from
//
// Checking takes no lock and writes nothing, and the store may be in use: a layer that goes
// meanwhile is no finding. An error of reading is one, and never ends the check.
package fsck
