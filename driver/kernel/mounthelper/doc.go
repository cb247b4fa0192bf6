// Package mounthelper is mount.composefs, the helper that mount(8) calls for the type composefs.
//
// [Mounter.Run] reads the command line, [Mounter.Mount] mounts one image. The package knows files,
// the options of a mount and the kernel's command line. A program that knows more, such as stores,
// sets the functions of a [Mounter]. cmd/mount.composefs sets none: it is small enough for an
// initramfs.
package mounthelper
