#!/usr/bin/env bash
# Pull an image into a store with composefs and into one without, both temporary, and
# show what became of it. The image is IMAGE, or else one that is made here of files
# of the machine and served by a registry meanwhile. Nothing is left behind.
set -euo pipefail
[ "$(id -u)" = 0 ] || { echo "error: mounting layers needs root: sudo make demo" >&2; exit 1; }
# What is mounted in a mount namespace of its own goes with it, even after kill -9.
[ "${1:-}" = inside ] || exec unshare --mount "$0" inside
cd "$(dirname "$0")/../.."
. hack/cgroup2.sh
mount_cgroup2

work=$(mktemp -d "${TMPDIR:-/var/tmp}/composefs-demo.XXXXXX")
registry=
prepared= # yes once podman may run
cleanup() {
	trap - EXIT
	trap '' INT TERM
	set +e
	if [ -n "$prepared" ]; then
		for store in plain composefs; do podman $store rm -fa -t 0; podman $store image umount -fa; done &>/dev/null
		findmnt -rno TARGET | grep "^$work/" | sort -r | xargs -r umount
		runc list -q | xargs -rn 1 runc delete -f 2>/dev/null
		umount /var/lib/containers /run/runc
	fi
	if [ -n "$registry" ]; then kill "$registry"; wait "$registry"; fi 2>/dev/null
	rm -rf --one-file-system "$work"
	# If nobody else uses them:
	rmdir /var/lib/containers /run/runc /sys/fs/cgroup{,/*}/libpod_parent/{conmon,} 2>/dev/null
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

podman() { # STORE ARGUMENTS...
	CONTAINERS_STORAGE_CONF=$work/$1.conf CONTAINERS_CONF=$work/containers.conf TMPDIR=$work \
		PODMAN_IGNORE_CGROUPSV1_WARNING=1 bin/podman "${@:2}"
}
sample() { sed "s|/var/lib/containers/storage|$work/$1|; s|/run/containers/storage|$work/$1.run|" docs/storage.conf; }
sample composefs >"$work/composefs.conf"
sample plain | sed 's/"true"/"false"/' >"$work/plain.conf"
# Limits are spelled out because podman may not be allowed to raise them.
cat >"$work/containers.conf" <<END
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
$pids_limit
[engine]
runtime = "runc"
events_logger = "none"
tmp_dir = "$work/tmp"
END
mkdir "$work/composefs"

storage() { CONTAINERS_STORAGE_CONF=$work/composefs.conf bin/composefs-storage "$@"; }
echo "building composefs-storage, and checking that composefs works here"
"${MAKE:-make}" -s build
CONTAINERS_STORAGE_CONF=$work/composefs.conf hack/demo/check.sh "$work/composefs"
hack/deps.sh demo
registry_program=$(hack/docker-registry.sh)
echo "building podman, which takes a few minutes the first time"
"${MAKE:-make}" -s podman

# What podman and runc keep elsewhere, whatever podman is told, goes with the mount namespace.
mkdir -p /var/lib/containers /run/runc
mount -t tmpfs none /var/lib/containers
mount -t tmpfs none /run/runc
prepared=yes

if [ -t 1 ]; then bold=$(printf '\033[1m') normal=$(printf '\033[0m'); else bold='' normal=''; fi
title() { printf "\n$bold%s$normal\n" "$*"; }
bytes() { numfmt --to=si --format=%.1f --suffix=B "$1"; }

image=${IMAGE:-}
options=() steps=()
if [ -z "$image" ]; then
	title "An image of files of this machine"
	echo '{"default": [{"type": "insecureAcceptAnything"}]}' >"$work/policy.json"
	options=(-q --signature-policy "$work/policy.json")

	printf 'version: 0.1\nhttp: {addr: "127.0.0.1:0"}\nstorage: {filesystem: {rootdirectory: %s}}\n' \
		"$work/registry" >"$work/registry.yml"
	touch "$work/registry.log"
	"$registry_program" serve "$work/registry.yml" &>>"$work/registry.log" &
	registry=$!
	for _ in {1..100}; do
		port=$(sed -n 's/.*listening on 127.0.0.1:\([0-9]*\).*/\1/p' "$work/registry.log")
		[ -z "$port" ] || break
		sleep 0.1
	done
	[ -n "$port" ] || { cat "$work/registry.log" >&2; exit 1; }

	image=127.0.0.1:$port/demo
	mapfile -t steps < <(sed -n 's/^#: //p' hack/demo/Containerfile)
	hack/demo/context.sh "$work/image"
	podman plain build "${options[@]}" --layers --network none -t "$image" -f hack/demo/Containerfile "$work/image" >/dev/null
	podman plain push "${options[@]}" --tls-verify=false "$image"
	podman plain rmi -fa >/dev/null
	echo "  $image, served by docker-registry"
fi
case $image in localhost:* | 127.0.0.1:*) options+=(--tls-verify=false) ;; esac

declare -A mount
for store in composefs plain; do
	podman "$store" pull "${options[@]}" "$image" >/dev/null
	mount[$store]=$(podman "$store" image mount "$image")
done

[ "$(findmnt -rno SOURCE -M "${mount[composefs]}")" = composefs ] || {
	echo "error: podman mounted $image without composefs" >&2
	storage status >&2
	exit 1
}
title "Its layers in the store, bottom first ($(storage status | sed -n 1p))"
storage inspect "$image" >"$work/inspect"
sed -n '/ LAYER /,/^ *total /p' "$work/inspect" | while IFS= read -r line; do
	case $line in *LAYER* | *total*) echo "$line" ;; *)
		echo "$line  ${steps[0]:-}"
		steps=("${steps[@]:1}") ;;
	esac
done

title "Merged and mounted"
sed -n 's/^digest: */  digest     /p' "$work/inspect"
echo "  mount      $(findmnt -rno SOURCE,FSTYPE,OPTIONS -M "${mount[composefs]}" |
	sed -E "s|$work|...|g; s/,(lowerdir|datadir)/\n             \1/g")"
echo -n "  container  "
podman composefs run --rm --network none --entrypoint /bin/sh "$image" \
	-c 'while read -r source at type _; do [ $at != / ] || echo "sees $source of type $type as its /"; done </proc/mounts' ||
	echo "  (it has no /bin/sh to run)"

# Of directories, times, sizes and link counts are left out.
tree() {
	(cd "$1" && find . -type d -printf '%y %m %U:%G %p\n' -o -printf '%y %m %U:%G %s %n %T@ %p %l\n' | LC_ALL=C sort &&
		getcap -r . && find . -type f -print0 | LC_ALL=C sort -z | xargs -0r sha256sum)
}
disk() { bytes "$(du -sx -B1 "$work/$1" | cut -f1)"; }
secret() { if [ -e "${mount[$1]}/etc/secret" ]; then echo "STILL THERE"; else echo deleted; fi; }
title "Compared with plain overlay"
printf '  %-14s %14s %14s\n' '' plain composefs \
	'on disk' "$(disk plain)" "$(disk composefs)"
[ -n "${IMAGE:-}" ] || printf '  %-14s %14s %14s\n' /etc/secret "$(secret plain)" "$(secret composefs)"
for store in plain composefs; do tree "${mount[$store]}" >"$work/$store.tree"; done
if diff "$work/plain.tree" "$work/composefs.tree" >"$work/difference"; then
	echo "  both show the same $(grep -c '^[a-z] ' "$work/plain.tree") names, owners, modes, times, links, capabilities and contents"
else
	echo "  they show different trees:"
	grep -m 10 '^[<>]' "$work/difference"
	if grep -q '^[<>] [^d]' "$work/difference"; then exit 1; fi
fi
