// Package upper reads the changes of a container: the upper directory of its overlay mount.
//
// Most of a change is in the upper directory itself. Overlayfs leaves two things in lower
// layers, which this package finds by their marks: the entries of renamed directories, and the
// contents of files whose metadata alone was changed.
//
// The package knows directories, not layers or images: the caller mounts them.
package upper
