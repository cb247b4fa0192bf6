// Package decompress decompresses gzip and zstd. Programs that are built with cgo use a C library for each
// whose tag they have: with the tag isal Intel's ISA-L for gzip, which takes a third of the CPU time of
// klauspost/compress; with the tag libzstd the library of zstd(1), which takes half. Other programs use
// klauspost/compress for both.
//
// Both libraries of a format return the same bytes of the same input, with any number of members or
// frames, and refuse the same headers, checksums, and bytes after the last one. These differences are known,
// and no compressor in use meets them:
//
//   - ISA-L accepts a Huffman code that is not complete. The checksum of the content must be right
//     there too.
//   - libzstd accepts some blocks that klauspost/compress calls invalid, for example with reserved bits. If the
//     frame has a checksum, it must be right.
package decompress
