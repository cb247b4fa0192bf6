// Package inplace converts layers of a store in place: [Converter.Convert] makes plain layers, and
// those that stock containers/storage has written with its own composefs, composefs layers of this
// driver. [Converter.Unpack] makes layers plain.
//
// Convert reads a layer as the tar from which it came. The tar-split has everything but the
// contents of files, and the layer has the contents. The layer image is therefore the image of a
// pull, to the byte, whatever happened to the layer on disk. Files become objects by hard links;
// files that the pool already has are linked from there. A file that other layers share is copied,
// because its owner and mode matter to them.
//
// Unpack makes containers/storage unpack the same tar, so the directory is that of a layer that was
// always plain, and the diffID shows that no content has changed. If the tar cannot be assembled,
// it unpacks the layer image. Afterwards [Converter.FillContainers] makes containers on such layers
// independent of mount options that only composefs needs.
//
// The result is staged in the pool and synced. Then the two directories are exchanged in one step,
// under the lock of the layers, which every mount and removal needs. After a crash the layer is
// unchanged or converted, and the rest is garbage of the pool.
//
// A layer that is part of a mount is refused, because the mount would lose its files.
//
// Locks: a conversion holds the lock of the pool, shared, from start to end, and the lock of the
// layers for the exchange only. It takes the lock of the layers after that of the pool; methods of
// the driver take them in the other order. This cannot deadlock: a process waits for the lock of a
// pool only during a collection, and a collection takes no further lock.
package inplace
