// Package splitstream reads and writes the split streams of composefs-rs, version 0
// (splitstream_format.rs). A split stream is a sequence of bytes, for example the tar of a layer,
// in which the contents of larger files are references to objects. A composefs repository keeps the
// layers, configurations and manifests of images in this form.
//
//	header     32 bytes: "SplitStream", version, flags, algorithm, block size, place of the info
//	info       80 bytes: places of the four parts below, content type, length of the sequence
//	streams    digests of other split streams
//	objects    digests of objects
//	names      zstd frame of "INDEX:NAME\0": names of streams
//	sequence   zstd frame of 64-bit numbers: -n is followed by n bytes, i stands for object i
//
// A digest is an fs-verity digest in bytes. All numbers are little-endian, and places are pairs of
// offsets: begin and end.
package splitstream
