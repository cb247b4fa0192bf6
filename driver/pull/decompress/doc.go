// Package decompress decompresses gzip and zstd by klauspost/compress. Programs that are built with
// cgo may use C libraries instead, by their build tags:
//
//   - isal: Intel's ISA-L decompresses gzip in a third of the CPU time.
//   - libzstd: the library of zstd(1) decompresses zstd in half of the CPU time.
//
// Both libraries of a format return the same bytes of the same input, with any number of members or
// frames, and refuse the same headers, checksums, and bytes after the last one. Two differences are
// known, in streams that no compressor writes:
//
//   - ISA-L accepts a Huffman code that is not complete. The checksum of the content must be right
//     there too.
//   - libzstd accepts some blocks that klauspost/compress calls invalid, for example with reserved
//     bits. If the frame has a checksum, it must be right.
package decompress
