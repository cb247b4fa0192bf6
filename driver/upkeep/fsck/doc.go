// Package fsck checks and repairs stores. It checks that each object has the content that its name
// promises, that each layer has the objects that its image names, and that each merged image is the
// result of merging its layers. Each fault is a [Finding], with the container images that it
// concerns and the files in them.
//
//	check      selects the layers, runs the steps below, and reports the findings that are still true
//	layer      reads layer images and compares them with the objects of the layers
//	merged     compares merged images with their digests and with their layers
//	hash       reads every object once, however many names it has
//	uses       finds the files of container images that have a content
//	repair     gets good copies from the stores, or from the origin of an image
//
// A check takes no lock and writes nothing. The store may be in use: a layer that another process
// removes during the check is no finding. A read error is a finding and does not end the check.
//
// A repair needs no trusted source, because the name of a content is its digest. It writes a new
// file for a damaged inode and renames it over all names; it changes no other file. It holds the
// lock of the pool, shared. A content without a good copy loses its name in the pool and gets a
// note with the names in layers; the next layer that brings the content restores these names.
//
// A layer image has no name to compare with. Its own entries must give the same bytes, and merging
// the layers must give the merged image, whose digest is known. This finds any change that is made
// after the first mount.
package fsck
