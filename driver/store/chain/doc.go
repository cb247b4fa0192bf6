// Package chain finds layers on disk: where a layer is, what it consists of, and
// which layers lie below it.
//
//	HOME/                      a store's directory overlay
//	  ID/link                  the layer's short name
//	  ID/lower                 l/SHORT:l/SHORT…, the layers below, the nearest first
//	  ID/lower-layers          ID:ID…, the same; containers/storage 1.63 and later
//	  ID/diff, diff1, …        its files, or of a composefs layer its objects
//	  ID/composefs-data/       composefs.blob, merged.blob, segment.blob
//	  l/SHORT ─► ../ID/diff
//	HOME-composefs/            the pool of the store: package objects
//
// The layout is that of the overlay driver of containers/storage, which also
// writes all of it but the pool and two of the images. A store may have others
// beside it that it only reads (additional image stores) or that hold its images
// (imagestore): a chain may run through several.
//
// The package only reads, but for Relink, Inherit and WriteLink, which write the files
// that record the chain of a layer. Standard library only.
package chain
