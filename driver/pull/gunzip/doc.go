// Package gunzip decompresses gzip. Programs that are built with cgo and the tag isal use Intel's
// ISA-L, which takes a third of the time of klauspost/compress; other programs use the latter. Both
// return the same bytes of the same input, with any number of members, and refuse the same headers,
// trailers, and bytes after the last member. ISA-L also accepts a Huffman code that is not complete,
// which no compressor writes; the checksum of the content must be right there too.
package gunzip
