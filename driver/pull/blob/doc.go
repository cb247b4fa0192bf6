// Package blob reads the blob of a layer once, while it is downloaded: what is in it
// goes to whoever converts it, and its digests, sizes and tar-split are known when it
// has been read.
//
//	Source ─► sha256 of the blob ─► decompressed ─► sha256 of the tar ─► tar-split ─► the converter
//	parts.go  ahead.go             decompress.go    ahead.go             split.go
//
// Each arrow but the last is a goroutine's work, so that a layer keeps more than one
// processor busy; between them is a fixed number of buffers. Layers take turns in
// decompressing (turns.go).
//
// The tar-split refers to a file where a payload of the tar is the content of the file with
// that name. Any other payload is in the tar-split itself (split.go).
//
// Of a tar that comes with its tar-split and the digests of its contents, none is made, but
// the tar is compared with these on its way to the converter (layout.go).
//
// gzip (of several members too), zstd (of several frames) and no compression are read
// here. For anything else Read returns ErrFormat before more than the first bytes have
// been read, and so it does for zstd that needs very much memory.
package blob
