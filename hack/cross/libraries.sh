#!/bin/sh
# usage: libraries.sh ARCH
#
# Unpack the libraries that podman is linked with, for the architecture ARCH of Debian, into
# .cache/cross/ARCH and print that directory. They are of the running release. Nothing is
# installed, so dpkg needs no foreign architecture. The mirror is the one that apt uses.
set -eu
cd "$(dirname "$0")/../.."
cache=$PWD/.cache/cross/$1

# fail MESSAGE HINT
fail() {
	printf 'error: %s\nhint: %s\n' "$1" "$2" >&2
	exit 1
}

if [ ! -d "$cache/usr" ]; then
	suite=$(. "${OS_RELEASE:-/etc/os-release}" 2>/dev/null && [ "${ID:-}" = debian ] && echo "${VERSION_CODENAME:-}") || suite=
	[ -n "$suite" ] || fail "libraries for $1 come from Debian's archive, and this is not a release of Debian" "build podman on a machine of the architecture $1"
	. hack/packages.sh
	prepare_suite "$suite" "$cache" "$1"
	if ! { suite get --error-on=any update && download libisal2 libisal-dev libseccomp2 libseccomp-dev libsystemd0 libsystemd-dev libzstd1 libzstd-dev; } >"$new/said" 2>&1; then
		cat "$new/said" >&2
		fail "libraries for $1 cannot be downloaded from $mirror" "check the network, or use another mirror in apt's sources"
	fi
	unpack
	# Debug information names the files as of an installed package, so that programs do not
	# depend on the path of this directory.
	sed -i 's,^Cflags:.*,& -ffile-prefix-map=${pc_sysrootdir}/usr=/usr,' "$new"/root/usr/lib/*/pkgconfig/*.pc
	mv -T "$new/root" "$cache" 2>/dev/null || [ -d "$cache/usr" ] # somebody else was faster
fi
echo "$cache"
