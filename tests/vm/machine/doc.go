// Package machine runs virtual machines whose kernel has fs-verity, for the tests: by
// qemu, without help of the processor, so that any machine of the developers can. Each
// boots in some seconds, runs scripts, and can be turned off or have its power cut.
package machine
