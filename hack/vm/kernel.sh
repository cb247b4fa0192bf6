#!/bin/sh
# usage: kernel.sh [SUITE|DIR]
#
# Print a directory that contains lib/modules/VERSION, with what depmod makes, and a kernel: either
# boot/vmlinuz-VERSION or lib/modules/VERSION/vmlinuz.
#
# SUITE is a suite of Debian, such as trixie-backports. Its kernel for clouds contains all that a
# virtual machine needs in 38 MB. The script unpacks it into .cache/vm/SUITE and does not install
# it. The mirror is the one that apt uses. DIR has a slash in its name, and contains a kernel.
set -eu
suite=${1:-trixie}
meta=linux-image-cloud-amd64
hint='KERNEL is trixie, trixie-backports, another suite of Debian, or a directory with a slash in its name, such as ./linux'

# fail MESSAGE HINT [FILE]: FILE contains what apt printed
fail() {
	[ $# -lt 3 ] || cat "$3" >&2
	printf 'error: %s\nhint: %s\n' "$1" "$2" >&2
	exit 1
}

case $suite in */*)
	[ -d "$suite" ] || fail "$suite is not a directory" "$hint"
	cd "$suite" && pwd
	exit
	;;
esac

cd "$(dirname "$0")/../.."
cache=$PWD/.cache/vm/$suite
if [ ! -d "$cache/lib/modules" ]; then
	. hack/packages.sh
	prepare_suite "$suite" "$cache"
	mkdir -p "$new/root/usr/lib"
	if ! suite get --error-on=any update >"$new/said" 2>&1; then
		! grep -q 'does not have a Release file' "$new/said" || fail "$mirror has no suite $suite" "$hint" "$new/said"
		fail "read the lists of $suite from $mirror: apt-get fails" "without a network, set KERNEL to the directory of a kernel" "$new/said"
	fi
	# A kernel is one package, or since Linux 6.19 several. All are named linux-*.
	packages=$(suite cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances "$meta" |
		grep '^linux-') || fail "$suite has no package $meta" "$hint"
	# shellcheck disable=SC2086 # one word for each package
	download $packages >"$new/said" 2>&1 ||
		fail "download the kernel of $suite from $mirror: apt-get fails" "try again later, or use another mirror in apt's sources" "$new/said"
	unpack
	[ -d "$new/root/lib" ] || ln -s usr/lib "$new/root/lib"
	for modules in "$new"/root/lib/modules/*; do
		depmod -b "$new/root" "${modules##*/}"
	done
	[ -d "$cache/lib/modules" ] || rm -rf "$cache" # of an earlier version of this script
	mv -T "$new/root" "$cache" 2>/dev/null || [ -d "$cache/lib/modules" ] # somebody else was faster
fi
echo "$cache"
