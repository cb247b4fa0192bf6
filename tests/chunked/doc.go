// Package chunked has stock containers/storage compress layers to zstd:chunked, and
// compares what is made of the table of contents with what is made of the tar.
package chunked
