// Package upper reads the changes of a container from the upper directory of its overlay mount.
//
// overlayfs leaves two parts of a change in lower layers, and marks them by xattrs in the upper
// directory: the entries of renamed directories (redirect), and the contents of files with changed
// metadata only (metacopy). The package reads these parts from a mount of the container. It reads
// only metadata in the layers below, so that detached mounts of images suffice there.
//
// The package uses no layers and no images: the caller mounts them.
package upper
