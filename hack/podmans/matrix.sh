#!/usr/bin/env bash
# usage: matrix.sh [NAME]...
#
# Make a store by each podman, and use it by each. NAME is 5.6, 5.8 or 6.0 for podman with the driver, or
# 5.6-stock and so on for the same one without it; without NAME, all of them. Print tables of Markdown, and
# write them to .cache/podmans/matrix.md. The exit code is 1 if a cell differs from the expected one. It
# needs root, and "make build podman podman-stock" with each UPSTREAM.
set -euo pipefail
[ "$(id -u)" = 0 ] || { echo "error: mounting layers needs root" >&2; exit 1; }
cd "$(dirname "$0")/../.."
[ $# -gt 0 ] || set -- 5.6 5.6-stock 5.8 5.8-stock 6.0 6.0-stock
# Mounts in a mount namespace of its own go with it, even after kill -9. podman 6 needs cgroup v2.
[ "${PODMANS_INSIDE:-}" = yes ] || PODMANS_INSIDE=yes exec unshare --mount --propagation private "$0" "$@"
[ "$(stat -f -c %T /sys/fs/cgroup)" = cgroup2fs ] || mount -t cgroup2 none /sys/fs/cgroup
bin=$PWD/bin
work=$(mktemp -d /var/tmp/composefs-podmans.XXXXXX)
store=$work/store
. hack/podmans/store.sh
cleanup() { unmount "$work" && rm -rf --one-file-system "$work"; }
trap cleanup EXIT

# by NAME ARGUMENTS...: run a podman on the store. Those without the driver read composefs layers; their
# own layers are plain, because stock composefs shows deleted files.
by() {
	local dir=$bin program=podman convert=true
	case $1 in 5.6*) ;; *) dir=$PWD/.cache/upstreams/podman-${1%-stock}/bin ;; esac
	case $1 in *-stock) program=podman-stock convert=false ;; esac
	configure "$store" true $convert
	with "$store" "$dir/$program" "${@:2}"
}

shows() { # NAME IMAGE: the tree
	local dir
	dir=$(by "$1" image mount "$2") && tree "$dir" && by "$1" image unmount "$2" >/dev/null
}

# The steps of a use. $maker has made the store, $user uses it.
images() { shows "$user" localhost/base | cmp "$work/want" -; }
runs() { [ "$(by "$user" run --rm localhost/base cat /etc/dir/new)" = new ]; }
starts() { [ "$(by "$user" start -a box)" = new ]; } # a container of the maker
commits() { # the file whose mode has changed has its contents, for both
	by "$user" run --name changed localhost/base sh -c 'chmod 700 /etc/big && touch /etc/dir/more' &&
		by "$user" commit -q changed localhost/committed && by "$user" rm changed &&
		shows "$user" localhost/committed >"$work/committed" && grep -q "$big" "$work/committed" &&
		shows "$maker" localhost/committed | cmp "$work/committed" - &&
		[ "$(by "$maker" run --rm localhost/committed cat /etc/dir/new)" = new ]
}
pulls() { # what the maker has removed
	by "$maker" rmi -f localhost/committed && by "$user" pull -q "oci:$work/oci" >"$work/id" &&
		shows "$maker" "$(cat "$work/id")" | cmp "$work/want" -
}
checks() { by "$user" system check && by "$maker" system check && with "$store" "$bin/composefs-storage" check --all; }
removes() { # podmans without the driver leave objects to gc
	by "$user" rm -f box && by "$user" rmi -af && with "$store" "$bin/composefs-storage" gc &&
		[ -z "$(find "$store/root/overlay-composefs" -path '*/objects/*' -type f -o -path '*/images/*' -type f)" ]
}

# make_store: a store of the maker, with a stopped container
make_store() {
	unmount "$store"
	rm -rf --one-file-system "$store"
	mkdir "$store"
	by "$maker" load -q -i "$work/base.tar" && by "$maker" create --name box localhost/base cat /etc/dir/new
}

use() { for step in images runs starts commits pulls checks removes; do $step || return; done; }
lost() {
	step=lose && rm -r "$store/root/overlay/l" && for step in images runs starts removes; do $step || return; done
}
plain() {
	step='convert --plain'
	with "$store" "$bin/composefs-storage" convert --plain --all && use
}

# cell TRY: yes, or the step that fails, with the end of its output on standard error
cell() {
	step=make
	if make_store >"$work/out" 2>&1 && "$1" >>"$work/out" 2>&1; then
		echo yes
	else
		echo "no: $step"
		tail -n 3 "$work/out" | while read -r line; do echo "$1, made by $maker, used by $user: $line"; done >&2
	fi
}

# expected TRY: containers/storage 1.63 no longer restores the symlinks in overlay/l. It needs them for
# layers of older versions.
expected() {
	case $1/$maker/$user in
	lost/5*/6.0-stock) echo 'no: images' ;;
	*) echo yes ;;
	esac
}

# table TRY TITLE NAME...
table() {
	printf '\n%s\n\n| made by ↓, used by → |' "$2"
	for user in "${@:3}"; do printf ' %s |' "${user/-/ }"; done
	printf '\n|---|'
	for user in "${@:3}"; do printf -- '---|'; done
	echo
	for maker in "${@:3}"; do
		printf '| %s |' "${maker/-/ }"
		for user in "${@:3}"; do
			cell "$1" >"$work/cell"
			printf ' %s |' "$(cat "$work/cell")"
			[ "$(cat "$work/cell")" = "$(expected "$1")" ] || echo "$1, made by $maker, used by $user" >>"$work/unexpected"
		done
		echo
	done
}

make_image
mkdir "$work/oci"
with "$work/plain" "$bin/podman-stock" save -q --format oci-dir -o "$work/oci" localhost/base

{
	echo "$(date -u +%F), Linux $(uname -r | cut -d- -f1):"
	table use 'An image is shown, run, committed on, pulled again, checked and removed:' "$@"
	table lost 'An image is shown and run, a container started, and all removed, after the symlinks in `overlay/l` are lost:' "$@"
	table plain 'The same after `convert --plain`:' "$@"
} | tee "$work/matrix.md"
mkdir -p .cache/podmans
mv "$work/matrix.md" .cache/podmans/matrix.md
if [ -s "$work/unexpected" ]; then
	echo "error: unexpected results:" >&2
	cat "$work/unexpected" >&2
	exit 1
fi
