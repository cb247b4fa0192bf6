// Package blob reads the blob of a layer once, during the download. It passes the tar in the blob
// to a converter, and computes the digests, the sizes and the tar-split on the way.
//
//	Source ─► sha256 of the blob ─► decompressed ─► sha256 of the tar ─► tar-split ─► the converter
//	parts.go  ahead.go             decompress.go    ahead.go             split.go
//
// Hashing the blob is a goroutine, and so is decompressing with hashing the tar, so that a layer
// keeps more than one processor busy. A fixed number of buffers connects two of them. The tar-split
// is packed while the converter reads the entries, so that headers are parsed once. Layers take
// turns in decompressing, the largest blobs first (turns.go). containers/image pulls six layers at
// once.
//
// The tar-split refers to a file if a payload of the tar is the content of the file with that name.
// It contains any other payload itself, such as that of a sparse file (split.go), so that every
// reader of tar-split makes the tar again to the byte.
//
// If a table of contents comes with the tar, ReadKnown makes no tar-split. It compares the tar with
// the tar-split and the digests in the table (layout.go).
//
// Read returns [ErrDigest] for a blob with another digest even if its content is invalid: it reads
// the blob to its end. It fetches the blob in parts, and requests a failed part three more times
// from the byte where it failed (parts.go).
//
// The package reads gzip (with any number of members; by package decompress), zstd (with any number
// of frames) and uncompressed blobs. For other formats, and for zstd that needs more than 128 MiB
// of memory, Read returns [ErrFormat].
package blob
