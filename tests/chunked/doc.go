// Package chunked compresses layers to zstd:chunked with stock containers/storage, and
// compares the image made of the table of contents with the one made of the tar.
package chunked
