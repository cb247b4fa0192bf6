// Package dump reads and writes composefs-dump(5), the text form of a file system tree: a line for
// every entry with eleven fields and its xattrs.
//
// [Parse] has three modes. [Lenient] accepts the same dumps as mkcomposefs 1.0.8, which accepts far
// more than its manual page describes; [CStrict] accepts those that mkcomposefs accepts with
// CFS_PARSE_STRICT in its environment; [Strict] follows one law:
//
//	accepted ⇒ Write gives the same bytes back
//
// Deliberate deviations from mkcomposefs 1.0.8, in every mode:
//   - A DIGEST of an external file must begin with 64 hexadecimal digits. The C program reads
//     missing digits from uninitialised memory.
//   - A DIGEST of 128 hexadecimal digits is by sha512. The C program takes the first 64 of them.
//   - Every cycle of hard links is an error, including one for which the C program does not
//     terminate. Parse finds it, so this error precedes those of the image writer.
//   - A missing last newline is an error in the strict modes. The C program overlooks it if the
//     input ends exactly at the end of its read buffer, as at 65536 bytes.
//
// The package is pure. Its neighbours are tree, which it reads and builds, and
// erofs, which turns a tree into an image.
package dump
