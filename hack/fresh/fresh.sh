#!/bin/sh
# usage: fresh.sh SUITE...
#
# Try the commands of README on fresh releases of Debian, such as trixie, and print a transcript.
# hack/fresh/SUITE lists them. Each release is a root that debootstrap makes with nothing but apt
# and essential packages; the kernel is that of this machine. TMPDIR, or else /var/tmp, needs 8 GB,
# and must be on a disk. All mounts and processes are in namespaces that end with the script.
set -eu
[ "$(id -u)" = 0 ] || { echo "error: debootstrap needs root: sudo make test-fresh" >&2; exit 1; }
cd "$(dirname "$0")/../.."
for suite; do
	[ -e "hack/fresh/$suite" ] || { echo "error: hack/fresh/$suite does not exist" >&2; exit 2; }
done
command -v debootstrap >/dev/null || {
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends debootstrap >/dev/null
}

work=$(mktemp -d "${TMPDIR:-/var/tmp}/composefs-fresh.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
for suite; do
	echo "== $suite: debootstrap"
	root=$work/$suite
	unshare --mount debootstrap --variant=minbase "$suite" "$root" http://deb.debian.org/debian >"$work/log" 2>&1 || {
		tail "$work/log" >&2
		echo "error: debootstrap $suite fails" >&2
		exit 1
	}
	mkdir "$root/root/composefs-storage"
	git ls-files -z | tar -c --null -T - | tar -x -C "$root/root/composefs-storage"
	unshare --mount --pid --fork --kill-child hack/fresh/inside.sh "$root" "$suite"
	rm -rf --one-file-system "$root"
	echo "== $suite: all commands succeed"
done
