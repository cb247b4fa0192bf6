//go:build linux

// Package export writes container images of a store to composefs repositories, and reads no
// contents if these can be linked.
//
//	objects   of all layers: hard links, reflinks or copies      objects.go
//	images    merged, canonical and bootable                     images.go
//	streams   tars of the layers, configuration, manifest        streams.go
//
// Objects are added while the images and streams are written, which need their digests only.
// [Image] takes the pool's lock, shared, and expects that of the repository.
package export
