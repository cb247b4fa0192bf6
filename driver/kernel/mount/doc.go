// Package mount performs overlay mounts that are planned as data.
//
// A [Plan] describes the layers of an overlay: EROFS images and directories, object directories
// (data-only layers), an upper directory, attributes and options. [Do] mounts it at a path,
// [Detached] makes a detached mount of it, and [Undo] unmounts.
//
//	Plan ──Validate──► layers opened, images mounted, idmapped ──► overlay made ──► attached
//	       plan.go            layer_linux.go, erofs_linux.go   overlay_linux.go   mount_linux.go
//
// A mount is attached after it is complete. A failure or a crash therefore leaves nothing behind,
// because detached mounts end with the process. Layers are passed to the kernel as file
// descriptors, because a string in fsconfig(2) has at most 255 bytes, and overlayfs removes
// backslashes from upperdir.
//
// Older kernels need other ways (kernel_linux.go finds out which, compat_linux.go has the last
// one):
//
//   - Below Linux 6.15, overlayfs takes no detached mounts as layers: they are attached for a
//     moment.
//   - Below 6.13, it takes no descriptors: layers are named by /proc/self/fd/N.
//   - Below 6.8, it takes no single layers: one lowerdir string goes to mount(2), with the numbers
//     of descriptors in the current directory /proc/thread-self/fd.
//
// Tests of this package and of package driver hold these facts about kernels:
//
//   - Without metacopy=on, Linux 6.16 and later follow a redirect into a data-only layer from the
//     lowest ordinary layer only. Files of any other layer fail with EPERM.
//   - Linux 6.18 takes verity=require with metacopy=off. A redirected file whose object lacks
//     fs-verity then does not open, and upper files are complete.
//   - A metacopy file in an upper directory has the digest of its contents only if the mount that
//     copied it up had verity=require. Without the digest, verity=require gives EIO.
//   - Whether EROFS mounts from a file depends on the file system too. On tmpfs the answer is
//     ENOTBLK, the answer of an old kernel.
//
// The package uses no container images: package driver makes plans, and package shared lets
// mounts share the mount of an image. It imports the standard library, x/sys/unix, and
// convert/verity to measure images.
package mount
