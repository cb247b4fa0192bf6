// Package stock has the overlay driver of containers/storage show image layers, as
// podman has it do without composefs. Our merged images have to show
// the same.
//
// The driver unpacks each layer in a child process, a copy of the test itself: see
// [Main]. The package works on Linux only, as root.
package stock
