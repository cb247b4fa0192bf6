#!/bin/sh
# usage: fresh.sh LIST...
#
# Try the commands of lists in this directory on fresh releases of Debian, and print a transcript.
# Lists are named after the release: trixie and bookworm have the commands of README,
# trixie-mistakes and bookworm-mistakes what happens without the packages that README names, and
# trixie-packages, bookworm-packages and trixie-crio-packages those for the packages of "make dist".
# try.sh describes them. Each has a root that debootstrap makes with nothing but apt and essential packages; the kernel is that
# of this machine. TMPDIR, or else /var/tmp, needs 8 GB, and must be on a disk. DIST contains the
# packages. All mounts and processes are in namespaces that end with the script.
set -eu
[ "$(id -u)" = 0 ] || { echo "error: debootstrap needs root: sudo make test-fresh" >&2; exit 1; }
cd "$(dirname "$0")/../.."
dist=${DIST:-bin/dist}
for list; do
	[ -e "hack/fresh/$list" ] || { echo "error: hack/fresh/$list does not exist" >&2; exit 2; }
	case $list in
	*-packages) ls "$dist"/*.deb >/dev/null 2>&1 || { echo "error: $dist has no packages: make dist" >&2; exit 2; } ;;
	esac
done
command -v debootstrap >/dev/null || {
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends debootstrap >/dev/null
}

work=$(mktemp -d "${TMPDIR:-/var/tmp}/composefs-fresh.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# bootstrap makes $work/SUITE.tar.
bootstrap() {
	echo "== $1: debootstrap"
	unshare --mount debootstrap --variant=minbase "$1" "$work/root" http://deb.debian.org/debian >"$work/log" 2>&1 || {
		tail "$work/log" >&2
		echo "error: debootstrap $1 fails" >&2
		exit 1
	}
	tar -c -C "$work/root" --one-file-system -f "$work/$1.tar" .
	rm -rf --one-file-system "$work/root"
}

for list; do
	suite=${list%%-*} root=$work/root
	[ -e "$work/$suite.tar" ] || bootstrap "$suite"
	echo "== $list"
	mkdir "$root"
	tar -x -C "$root" -f "$work/$suite.tar"
	ln "$work/$suite.tar" "$root/root/debian.tar"
	mkdir "$root/root/composefs-storage"
	git ls-files -z | tar -c --null -T - | tar -x -C "$root/root/composefs-storage"
	case $list in
	*-packages)
		mkdir "$root/root/composefs-storage/bin"
		cp -r "$dist" "$root/root/composefs-storage/bin/dist"
		;;
	esac
	unshare --mount --pid --fork --kill-child hack/fresh/inside.sh "$root" "$list"
	rm -rf --one-file-system "$root"
	echo "== $list: every line holds"
done
