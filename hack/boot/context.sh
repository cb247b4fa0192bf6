#!/bin/sh
# usage: context.sh DIR
#
# Make DIR the context in which podman builds Containerfile: the programs of bin/ and the modules of this
# directory, below the paths that they have on a host.
set -eu
cd "$(dirname "$0")/../.."
to=$1/root
for program in podman composefs-storage; do
	install -D -t "$to/usr/bin" "bin/$program"
done
ln -sf composefs-storage "$to/usr/bin/mount.composefs"
hack/boot/install.sh "$to"
cp hack/boot/Containerfile "$1/Containerfile"
