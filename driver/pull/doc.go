// Package pull converts a layer while it is downloaded.
//
//	containers/image ─► differ ─► RawBlob ─► blob.Read ─► convert.Layer ─► staging.Layer
//
// Three kinds of layers come: ordinary ones, zstd:chunked ones of which the store has files, so
// that the differ downloads the missing ones, and zstd:chunked ones that are downloaded as a
// whole. A layer that cannot be converted so is downloaded the ordinary way: see [Ordinary].
package pull
