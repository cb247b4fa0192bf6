#!/bin/sh
# usage: context.sh DIR
#
# Make DIR the context in which podman builds Containerfile: the programs of bin/ and the modules of this
# directory, below the paths that they have on a host.
set -eu
cd "$(dirname "$0")/../.."
to=$1/root
here=hack/boot
for program in podman composefs-storage; do
	install -D -t "$to/usr/bin" "bin/$program"
done
ln -sf composefs-storage "$to/usr/bin/mount.composefs"
install -D -t "$to/usr/sbin" $here/composefs-boot
install -D -t "$to/usr/lib/composefs-storage" bin/initramfs/mount.composefs $here/composefs-root
install -D -t "$to/usr/share/initramfs-tools/hooks" $here/initramfs-tools/hooks/composefs
install -D -m 644 -t "$to/usr/share/initramfs-tools/scripts" $here/initramfs-tools/scripts/composefs
install -D -t "$to/usr/lib/dracut/modules.d/90composefs" $here/dracut/90composefs/*.sh
cp $here/Containerfile "$1/Containerfile"
