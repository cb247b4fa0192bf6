#!/bin/sh
# usage: packages.sh ARCH [NATIVE OTHER]
#
# Compare the packages for another architecture, of the directory OTHER, with those for this machine
# of NATIVE, as "make dist" makes them: fields and files must be equal but for the architecture, and
# programs must be for it. The emulator starts them.
set -eu
cd "$(dirname "$0")/../.."
. hack/cross/arch.sh
arch=$1 native=${2:-bin/dist} other=${3:-bin/$1/dist}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
	echo "error: $1" >&2
	exit 1
}

# describe DEB: print the rest of its fields, and modes, owners, times and names of its files
describe() {
	dpkg-deb --field "$1" | sed '/^Architecture: \|^Installed-Size: /d'
	dpkg-deb --fsys-tarfile "$1" | TZ=UTC tar -tv --numeric-owner --full-time | sed 's/^\([^ ]* *[^ ]*\) *[0-9]*/\1/'
}

count=0
for deb in "$native"/*.deb; do
	[ -e "$deb" ] || fail "$native has no packages: make dist"
	package=$(dpkg-deb --field "$deb" Package)
	its=$(echo "$other/${package}_"*"_$arch.deb")
	[ -e "$its" ] || fail "$other has no package $package for $arch"
	[ "$(dpkg-deb --field "$its" Architecture)" = "$arch" ] || fail "$its is not for $arch"
	describe "$deb" >"$work/want"
	describe "$its" >"$work/got"
	diff -u "$work/want" "$work/got" || fail "$its has other fields or files than $deb"
	dpkg-deb -x "$its" "$work/root"
	count=$((count + 1))
done
[ "$count" = 2 ] || fail "$native has $count packages, not 2"

for rpm in "$other"/*.rpm; do
	case $rpm in *".${triplet%%-*}.rpm") ;; *) fail "$rpm is not for ${triplet%%-*}" ;; esac
done

for program in podman composefs-storage; do
	hack/cross/emulate.sh "$arch" "$work/root/usr/bin/$program" --version
done
for program in bin/podman bin/composefs-storage libexec/podman/rootlessport libexec/podman/quadlet; do
	readelf --file-header "$work/root/usr/$program" | grep -q "Machine: *$machine\$" || fail "/usr/$program is not for $arch"
done
[ "$(find "$work/root" -type f -exec sh -c 'head -c 4 "$1" | grep -q ELF' sh {} \; -print | wc -l)" = 4 ] || fail "the packages do not have four programs"
