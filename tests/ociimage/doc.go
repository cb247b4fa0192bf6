// Package ociimage makes random OCI images, as layer tars, together with the tree
// that they stand for.
//
// The images lean towards what is hard: whiteouts and opaque directories anywhere,
// names that change their type, directories without entries, hard links whose
// headers differ, odd names, ids and times. The stock overlay driver accepts all of
// them. While it writes, the generator keeps a model of each layer and of what the
// layers show together: so it knows what to delete and what to replace, and so it can
// tell what is to be seen. The model is written from the rules in docs and from what
// the stock driver does, not from our converter.
//
// Left out is what we handle differently on purpose: character devices 0:0, xattrs of
// overlayfs, a root directory that is opaque or named "/", a directory that returns in
// the layer that deletes it, xattrs spelled LIBARCHIVE only, old GNU sparse files; and
// oddities of unpacking that no sane tar meets, which tests/stock lists.
package ociimage
