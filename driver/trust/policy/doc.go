// Package policy reads which digests the merged images of container images must have.
//
//	[[image]]
//	config = "sha256:…"   # the image's ID, which is the digest of its configuration
//	layer  = "…"          # instead: the ID of its top layer in the store
//	merged = "…"          # fs-verity digest of the image that is mounted
//	oci    = "…"          # of its canonical form: sha256, or sha512 if it has 128 digits
//
// An entry has config or layer, and merged, oci or both. The files *.toml of one
// directory are one policy. Whatever is wrong with them is an error: a policy that is
// read in part would let pass what it was to stop.
//
// The package only reads, and knows of no store: what an image is, the caller says.
package policy
