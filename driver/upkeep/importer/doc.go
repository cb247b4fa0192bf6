//go:build linux

// Package importer brings container images from composefs repositories into a store, through
// podman. [Link] gives the pool links to the objects, and [Handler] is a registry with the image:
// podman that pulls from it finds the contents in the pool.
package importer
