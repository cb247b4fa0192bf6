// Package ociimage makes random OCI images, as layer tars, together with the tree
// that they stand for.
//
// The images lean towards hard cases: whiteouts and opaque directories anywhere,
// names that change their type, directories without entries, hard links whose
// headers differ, odd names, ids and times. The stock overlay driver accepts all of
// them. While it writes, the generator keeps a model of each layer and of the
// merged tree: so it finds entries to delete and to replace, and predicts the visible
// tree. The model is written from the rules in docs and from the behaviour of
// the stock driver, not from our converter.
//
// Left out is what we handle differently on purpose: character devices 0:0, xattrs of
// overlayfs, a root directory that is opaque or named "/", a directory that returns in
// the layer that deletes it, xattrs spelled LIBARCHIVE only, old GNU sparse files; and
// oddities of unpacking that no sane tar meets, which tests/stock lists.
package ociimage
