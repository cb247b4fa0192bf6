#!/bin/sh
# usage: install.sh ROOT
#
# Put composefs-boot, and the modules for initramfs-tools and dracut with their programs, below ROOT. "make
# initramfs-tool" has built mount.composefs; TOOL is another one.
set -eu
here=$(dirname "$0")
install -D -t "$1/usr/sbin" "$here/composefs-boot"
install -D -t "$1/usr/lib/composefs-storage" "${TOOL:-$here/../../bin/initramfs/mount.composefs}" "$here/composefs-root"
install -D -t "$1/usr/share/initramfs-tools/hooks" "$here/initramfs-tools/hooks/composefs"
install -D -m 644 -t "$1/usr/share/initramfs-tools/scripts" "$here/initramfs-tools/scripts/composefs"
install -D -t "$1/usr/lib/dracut/modules.d/90composefs" "$here"/dracut/90composefs/*.sh
