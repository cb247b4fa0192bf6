// Package mount performs an overlay mount that was planned as data.
//
// A [Plan] says what is to be stacked: EROFS images and directories, object
// directories that only give contents, an upper directory, attributes and options.
// [Do] mounts it, [Detached] does so without a place in the file system, [Undo]
// unmounts.
//
//	Plan ──Validate──► layers opened, images mounted, idmapped ──► overlay made ──► attached
//	       plan.go            layer_linux.go, erofs_linux.go   overlay_linux.go   mount_linux.go
//
// Nothing has a place until it is complete, so a failure leaves nothing behind, and
// neither does a crash: what the kernel holds for a process goes with the process.
// Layers are handed to the kernel as file descriptors, so that their paths may be of
// any length and hold any byte. What kernels older than the newest cannot do is in
// compat_linux.go and kernel_linux.go.
//
// It knows nothing of layers of container images: package driver plans, and package
// shared lets mounts share the mount of an image. Standard library, x/sys/unix, and
// convert/verity to measure images.
package mount
