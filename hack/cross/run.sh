#!/bin/sh
# usage: run.sh ARCH COMMAND...
#
# Run a command that builds programs for another architecture of Debian, such as "go build". With
# CGO_ENABLED=0 it needs nothing else. Otherwise it needs a C compiler, and pkg-config finds the
# libraries of ARCH and no others.
set -eu
here=$(dirname "$0")
. "$here/arch.sh"
export GOARCH="$1" STRIP="$triplet-strip"
shift
[ "${CGO_ENABLED:-}" != 0 ] || exec "$@"
command -v "$triplet-gcc" >/dev/null || {
	echo "error: $triplet-gcc is missing, which compiles C for $GOARCH" >&2
	echo "hint: as root: apt-get install gcc-$triplet libc6-dev-$GOARCH-cross" >&2
	exit 1
}
root=$("$here/libraries.sh" "$GOARCH")
export CC="$triplet-gcc" PKG_CONFIG_SYSROOT_DIR="$root" PKG_CONFIG_LIBDIR="$root/usr/lib/$triplet/pkgconfig"
exec "$@"
