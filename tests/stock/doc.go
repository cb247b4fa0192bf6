// Package stock shows image layers with the overlay driver of containers/storage, as
// podman without composefs does. Our merged images have to show the same.
//
// The driver unpacks each layer in a child process, a copy of the test itself: see
// [Main]. The package works on Linux only, as root.
package stock
