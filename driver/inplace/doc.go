// Package inplace makes layers of a store composefs that are not: plain ones, and those
// that stock containers/storage has written with its composefs on.
//
// A layer is read as the tar that it came from: its tar-split has all but the contents of
// files, and these are in the layer. So the layer image is the one that a pull would have
// written, to the byte, and what the layer has become on disk does not matter. The files
// become objects by hard links; what the pool has already is linked from there.
//
// All of it is made beside the layer, in the staging area of the pool, and brought on disk.
// Then the two directories change places, in one step and under the lock without which
// nobody mounts or removes a layer. So whatever happens, the layer is as it was or
// converted, and what is left over is where the pool's garbage is.
//
// A layer that is part of a mount is refused, for the mount would lose its files.
//
// [Converter.Plain] goes the other way. It has containers/storage unpack that tar as the
// overlay driver does, so the directory is the one of a layer that was always plain, and its
// digest shows that no content has changed. Where the tar cannot be made again, the layer
// image is unpacked instead. Afterwards [Converter.FillContainers] makes containers on such
// layers independent of mount options that only composefs needs.
package inplace
