// Package catalog lists the container images of a store, their layers, and the containers.
//
//	ROOT/overlay-images/images.json   images, their names and their top layers
//	ROOT/overlay-layers/layers.json   layers and the ones below them
//	ROOT/overlay-containers/*.json    containers and their layers
//	RUNROOT/overlay-layers/*.json     mount points of layers
//
// These are files of containers/storage, which replaces them by rename. The package therefore reads
// them without locks. Each file is consistent, but two files may be from different moments.
//
// The package only reads. It imports the standard library and package chain only.
package catalog
