// Package dump reads and writes composefs-dump(5), the text form of a file
// system tree: a line for every entry with eleven fields and its xattrs.
//
// [Parse] knows three modes. [Lenient] accepts what mkcomposefs 1.0.8 accepts,
// which is far more than the manual page says; [CStrict] is that program with
// CFS_PARSE_STRICT in its environment; [Strict] follows one law:
//
//	accepted ⇒ Write gives the same bytes back
//
// Deliberate deviations from mkcomposefs 1.0.8, in every mode:
//   - A DIGEST of an external file must begin with 64 hexadecimal digits. The C
//     program takes what is missing from uninitialised memory.
//   - Every cycle of hard links is an error, also the shape on which the C
//     program never ends. It is found here, not by the image writer, so it
//     comes before that one's complaints about the same tree.
//   - A missing last newline is an error in the strict modes whatever the
//     input's length. The C program overlooks it where the input ends exactly
//     at the end of its read buffer, as at 65536 bytes.
//
// The package is pure. Its neighbours are tree, which it reads and builds, and
// erofs, which turns a tree into an image.
package dump
