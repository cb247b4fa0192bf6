// Package pull converts a layer while it is downloaded.
//
//	containers/image ─► differ ─► RawBlob ─► blob.Read ─► convert.Layer ─► staging.Layer
//
// There are three ways to pull a layer:
//
//   - An ordinary layer is downloaded and converted as a tar.
//   - A zstd:chunked layer of which the store has at least a tenth is left to the differ. The
//     differ downloads the missing files and leaves a directory of files named by their sha256. The
//     package adopts them and converts the table of contents.
//   - Any other zstd:chunked layer is downloaded as a whole. Its tar is compared with the table of
//     contents to the byte, because later pulls find its files by that table. The store gets the
//     same records as from the differ, and the blob digest too.
//
// A layer that none of these can convert is downloaded the ordinary way, once: see [Ordinary].
//
// podman looks at the wrapped error to decide whether to retry a pull, and does not unwrap joined
// errors. So the errors of this package wrap one error each: see [files.WithCleanup].
package pull
