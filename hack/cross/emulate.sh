#!/bin/sh
# usage: emulate.sh ARCH PROGRAM [ARGUMENT]...
#
# Run a program for another architecture of Debian in qemu's user mode, with the libraries that it
# was linked with. The program cannot start itself anew, because the kernel does not know ARCH.
set -eu
here=$(dirname "$0")
. "$here/arch.sh"
arch=$1
shift
qemu=qemu-${triplet%%-*}
command -v "$qemu" >/dev/null || {
	echo "error: $qemu is missing, which runs programs for $arch" >&2
	echo "hint: as root: apt-get install qemu-user" >&2
	exit 1
}
exec "$qemu" -L "/usr/$triplet" -E LD_LIBRARY_PATH="$here/../../.cache/cross/$arch/usr/lib/$triplet" "$@"
