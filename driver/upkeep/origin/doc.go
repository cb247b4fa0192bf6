// Package origin reads the layers of container images from registries, directories, archives, and
// layer tars.
//
// It does not verify contents: its callers compare digests.
package origin
