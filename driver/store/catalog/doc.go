// Package catalog says which images a store has and of which layers they consist.
//
//	ROOT/overlay-images/images.json   images, their names and their top layers
//	ROOT/overlay-layers/layers.json   layers and the ones below them
//	ROOT/overlay-containers/*.json    containers and their layers
//
// The files are those of containers/storage, which replaces them by rename and never
// writes into them. So they are read without its locks, and what is read is what was
// true at some instant, if not at the same for both.
//
// The package only reads. Standard library and chain only.
package catalog
