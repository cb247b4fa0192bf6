#!/bin/sh
# usage: libraries.sh ARCH
#
# Unpack the libraries that podman is linked with, for the architecture ARCH of Debian, into
# .cache/cross/ARCH and print that directory. They are of the running release. Nothing is
# installed, so dpkg needs no foreign architecture. The mirror is the one that apt uses.
set -eu
cd "$(dirname "$0")/../.."
cache=$PWD/.cache/cross/$1
if [ ! -d "$cache/usr" ]; then
	. hack/packages.sh
	suite=$(. "${OS_RELEASE:-/etc/os-release}" && echo "$VERSION_CODENAME")
	prepare_suite "$suite" "$cache" "$1"
	suite get --error-on=any update >&2
	download libseccomp2 libseccomp-dev libsystemd0 libsystemd-dev >&2
	unpack
	# Debug information names the files as of an installed package, so that programs do not
	# depend on the path of this directory.
	sed -i 's,^Cflags:.*,& -ffile-prefix-map=${pc_sysrootdir}/usr=/usr,' "$new"/root/usr/lib/*/pkgconfig/*.pc
	mv -T "$new/root" "$cache" 2>/dev/null || [ -d "$cache/usr" ] # somebody else was faster
fi
echo "$cache"
