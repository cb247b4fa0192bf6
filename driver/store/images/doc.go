// Package images makes and finds the images that stand for segments of chains: layer
// images are merged into one, once, when the segment is first mounted.
//
//	POOL/images/<digest>              the image, named by its own fs-verity digest
//	LAYER/composefs-data/merged.blob  a link to it in the segment's top layer
//	POOL/chains/ID.merged             the same for a layer in a store that is read-only
//
// (segment.blob and .segment where a layer that is not composefs lies below.) What a
// chain consists of never changes, so an image that is there is right. Chains that have
// the same tree share an image.
//
// Layers that stock containers/storage has written are merged too: their contents are
// brought into the pool, or used where they are if their store is read-only.
package images
