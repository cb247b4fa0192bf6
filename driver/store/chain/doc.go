// Package chain finds layers on disk: the store of a layer, its directories, and the layers below
// it.
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
// The overlay driver of containers/storage defines this layout and writes all of it except the
// pool, merged.blob and segment.blob. A command may use further stores: additional image stores,
// which it only reads, and an imagestore, which has the layers of images. A chain may run through
// several stores. layout.go spells all names.
//
// The layers below a layer are recorded twice: by ID in lower-layers, since containers/storage 1.63
// (podman 6), and by short name in lower. The package prefers lower-layers, as 1.63 does, and finds
// a short name without a symlink by the files link. Relink writes lower and the symlinks again
// where they differ from the chain, because the vendored driver reads nothing else.
//
// Relink, Inherit and WriteLink write the files that record the chain of a layer. All other
// functions only read. They take no lock. Standard library only.
package chain
