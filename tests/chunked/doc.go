// Package chunked has stock containers/storage compress layers to zstd:chunked, and
// compares the image made of the table of contents with the one made of the tar.
package chunked
