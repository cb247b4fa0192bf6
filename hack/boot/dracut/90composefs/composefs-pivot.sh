#!/bin/sh
# Sourced by dracut before it changes the root. It replaces the file system of root= by the image in it, if the
# kernel's command line names one.

composefs_pivot() {
	mount --make-rprivate / # systemd shares it, and shared mounts do not move
	mkdir -p /run/composefs-sysroot
	mount -o move "$NEWROOT" /run/composefs-sysroot && composefs-root /run/composefs-sysroot "$NEWROOT"
}

if getarg composefs= >/dev/null || getarg composefs.digest= >/dev/null; then
	composefs_pivot || die "The root file system has no image that the kernel's command line names, or a damaged one."
fi
