// Package toc reads the table of contents of a zstd:chunked layer. The table lists the entries of
// the layer's tar, so that a partial pull downloads only the contents that the machine lacks.
//
// The form is that of containers/storage 1.59.1 (pkg/chunked/internal/minimal: TOC and
// FileMetadata), JSON with an object for each entry. A large file has further objects of type
// "chunk", which matter to downloads only. The tree is the one that package layer makes of the tar,
// except that the form cannot express names that are not UTF-8 and xattrs that only
// LIBARCHIVE.xattr.* records have.
//
// Two parsers may understand the same JSON text differently. containers/storage parses the table
// and compares it with the tar; in this case read the parsed table, see [Parsed], and not its text.
//
// A partial pull leaves a directory of files named by their content sha256. [Read] passes the
// entries to a layer.Builder, and has workers adopt the files into a batch for the same directory.
// Each file then has the name of its object too. The layer image has the same bytes as if it were
// made of the tar. The names by content sha256 stay for later partial pulls. A zstd:chunked layer
// that is downloaded as a whole is read like any tar, and objects.Batch.Name adds these names.
package toc
