// Package toc reads the table of contents of a zstd:chunked layer. It lists the entries
// of the layer's tar, so that of a tar most of which is on the machine already only the
// rest is downloaded.
//
// The form is that of containers/storage 1.59.1 (pkg/chunked/internal/minimal: TOC and
// FileMetadata), JSON with an object for each entry. A large file has further objects of
// type "chunk", which only matter to who downloads. The tree is that of package layer
// for the tar, whose rules apply, but for what the form cannot hold: names that are not
// UTF-8, and xattrs that only LIBARCHIVE.xattr.* records have.
//
// JSON can be written so that two parsers read different things from it. Where something
// else has parsed the table to compare it with the tar, as containers/storage does, what
// it has parsed is to be read here and not the text that it came in.
//
// Contents are files already, named by their sha256. They go to a function that makes
// objects of them.
package toc
