// Package policy reads the expected digests of merged images.
//
//	[[image]]
//	config = "sha256:…"   # the image's ID, which is the digest of its configuration
//	layer  = "…"          # instead: the ID of its top layer in the store
//	merged = "…"          # fs-verity digest of the merged image
//	oci    = "…"          # of its canonical form: sha256, or sha512 if it has 128 digits
//	bootable = "…"        # of the image that a host boots: the same
//
// An entry has config or layer, and one or more of merged, oci and bootable. The files *.toml of
// one directory are one policy. Any fault in them is an error, because a policy that is read in
// part would allow images that it forbids.
//
// The package only reads policy files. The caller finds the images in the store.
package policy
