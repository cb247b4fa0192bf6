// Package images makes and finds the merged images of segments. It merges the layer images of a
// segment once: at the end of the pull, or at the first mount.
//
//	POOL/images/<digest>              the image, named by its own fs-verity digest
//	LAYER/composefs-data/merged.blob  a link to it in the segment's top layer
//	POOL/chains/ID.merged             the same for a layer in a store that is read-only
//
// (segment.blob and .segment if a plain layer lies below the segment.) The layers of a chain never
// change, so an existing image is up to date. Chains with the same tree share an image.
//
// Layers that stock containers/storage has written are merged too. Their contents get a second link
// in the pool. In a read-only store they stay where they are, and their directory becomes a further
// data-only layer of the mount; such an image is not canonical.
package images
