#!/usr/bin/env bash
# usage: run.sh [SUITE|PROGRAM]...
#
# Try podmans without the driver on a store whose layers "composefs-storage convert" has made
# composefs. Print a table of Markdown, and write it to .cache/podmans/table.md. A SUITE is one of Debian's; its podman runs with its
# libraries and runc. A PROGRAM is a podman that runs on this machine, and has a slash in
# its name. It needs root, "make build podman podman-stock" and, for suites, the network.
set -euo pipefail
[ "$(id -u)" = 0 ] || { echo "error: mounting layers needs root" >&2; exit 1; }
cd "$(dirname "$0")/../.."
[ $# -gt 0 ] || set -- bookworm trixie sid bin/podman-stock
if [ "${PODMANS_INSIDE:-}" != yes ]; then
	for suite in "$@"; do
		case $suite in */*) ;; *) hack/podmans/packages.sh "$suite" >/dev/null ;; esac
	done
	# Mounts in a mount namespace of its own go with it, even after kill -9.
	PODMANS_INSIDE=yes exec unshare --mount --propagation private "$0" "$@"
fi
bin=$PWD/bin
work=$(mktemp -d /var/tmp/composefs-podmans.XXXXXX)
. hack/podmans/store.sh
mkdir -p /run/runc /run/crun /var/lib/containers
for dir in /run/runc /run/crun /var/lib/containers; do mount -t tmpfs none "$dir"; done
cleanup() {
	unmount "$PWD/.cache/podmans"
	unmount "$work"
	rm -rf --one-file-system "$work"
}
trap cleanup EXIT

# shown NAME: the tree of an image, by podman with the driver
shown() {
	local dir
	dir=$(with "$store" "$bin/podman" image mount "$1") && tree "$dir"
	with "$store" "$bin/podman" image unmount "$1" >/dev/null
}

# cell COMMAND...: yes or no, and the end of an error on standard error
cell() {
	if "$@" >"$work/out" 2>&1; then echo yes; else
		echo no
		tail -n 4 "$work/out" | while read -r line; do echo "$name: $*: $line"; done >&2
	fi
}
mounts() { dir=$("${podman[@]}" image mount localhost/base) && tree "${root:-}$dir" | cmp "$work/want" -; }
starts() { [ "$("${podman[@]}" start -a box)" = new ]; }
commits() { # and the file whose mode has changed has its contents
	"${podman[@]}" run --name changed localhost/base sh -c 'chmod 700 /etc/big && touch /etc/dir/more' &&
		"${podman[@]}" commit -q changed localhost/committed &&
		shown localhost/committed | grep -q "$big"
}
builds() {
	printf 'FROM localhost/base\nCOPY file /bin/file\n' >"$store/Containerfile"
	mkdir -p "$store/context" && echo file >"$store/context/file"
	"${podman[@]}" build -q --layers --network none --signature-policy "$store/policy.json" -t localhost/built -f "$store/Containerfile" "$store/context" &&
		shown localhost/built >"$work/built" && grep -q '^l ./bin usr/bin$' "$work/built" && grep -q ' ./usr/bin/file' "$work/built"
}

# row SUITE|PROGRAM USE_COMPOSEFS: what a podman makes of converted layers
row() {
	store=$work/store root='' name="$1, use_composefs = $2"
	rm -rf --one-file-system "$store"
	configure "$store" "$2"
	case $1 in
	*/*) podman=(with "$store" "$PWD/$1") ;;
	*)
		root=$(hack/podmans/packages.sh "$1")
		mkdir -p "$root$work" "$root/proc" "$root/sys" "$root/dev" "$root/tmp" "$root/etc/containers"
		cp "$store/policy.json" "$root/etc/containers/"
		# containers/storage makes the mount at its root private, so there must be one.
		mountpoint -q "$root" || mount --bind "$root" "$root"
		for dir in /proc /sys /dev "$work"; do mountpoint -q "$root$dir" || mount --rbind "$dir" "$root$dir"; done
		podman=(with "$store" chroot "$root" /usr/bin/podman)
		;;
	esac
	local version
	version=$("${podman[@]}" --version)
	"${podman[@]}" load -q -i "$work/base.tar" >/dev/null
	"${podman[@]}" create --name box localhost/base cat /etc/dir/new >/dev/null
	with "$store" "$bin/composefs-storage" convert --all --ignore-old-programs >/dev/null 2>&1
	echo "| ${version##* } | $1 | $2 | $(cell mounts) | $(cell starts) | $(cell builds) | $(cell commits) |"
	"${podman[@]}" rm -fa -t 0 >/dev/null 2>&1 || true
	"${podman[@]}" image unmount -a >/dev/null 2>&1 || true
	[ -z "$root" ] || unmount "$root$work"
	unmount "$store"
}

make_image

{
	date=$(date -u +%F)
	printf '%s, Linux %s:\n\n' "$date" "$(uname -r | cut -d- -f1)"
	echo "| podman | of | \`use_composefs\` | mounts images | starts containers | builds right | commits right |"
	echo "|---|---|---|---|---|---|---|"
	for which in "$@"; do
		row "$which" false
		row "$which" true
	done
} | tee "$work/table.md"
mv "$work/table.md" .cache/podmans/table.md
