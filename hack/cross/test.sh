#!/usr/bin/env bash
# usage: test.sh ARCH
#
# Test for another architecture of Debian in qemu's user mode: run tests of packages, compare
# composefs-storage with that of this machine, and start podman. Print a table of Markdown, and write
# it to .cache/ARCH.md. It needs "make build" with and without ARCH, and for arm64 "make podman
# ARCH=arm64".
set -euo pipefail
cd "$(dirname "$0")/../.."
arch=$1
emulate="$PWD/hack/cross/emulate.sh $arch"

# qemu shows a program for s390x no nanoseconds of files, and its podman would need a C compiler.
scan='' programs=''
[ "$arch" != s390x ] || scan='^TestScan$' programs='Directory|Podman'

# Each line: a package, and a pattern of the tests that the emulator cannot run. qemu 7.2 of Debian 12
# has no openat2(2), no ioctls of fs-verity and no fsopen(2); and a program cannot start itself anew,
# because the kernel does not know the architecture.
packages="
config
convert
convert/dump
convert/erofs
convert/erofs/internal/disk
convert/files
convert/layer
convert/objects             Adopt|Faults|Processes|Killed
convert/objects/objectstest
convert/scan                $scan
convert/toc
convert/tree
convert/verity              Enable|FilesystemCannot
driver
driver/kernel/mountinfo     Kernel|LongLine|Namespaces
driver/message
driver/pull/blob
driver/store/catalog
driver/store/chain
driver/store/images
driver/store/pool
driver/store/survey         Unique
driver/trust
driver/trust/policy
driver/upkeep/fsck
tests/ociimage
"

tags=$("${GO:-go}" env GOFLAGS)
log=.cache/$arch.log rows=.cache/$arch.rows table=.cache/$arch.md
mkdir -p .cache

# row NAME LEFT-OUT FLAG...: run tests of one package, and print its name, how many pass, and LEFT-OUT
row() {
	local name=$1 left_out=$2
	shift 2
	if ! "${GO:-go}" test -count=1 -timeout 30m -v "$@" >"$log" 2>&1; then
		cat "$log" >&2
		return 1
	fi
	echo "$name $(grep -c '^--- PASS' "$log") $left_out"
}

# summary prints the table, from the lines of row.
summary() {
	qemu=$($emulate --version | sed -n '1s/.* version \([^ ]*\).*/\1/p')
	printf '%s, %s, Linux %s, qemu %s: ' "$arch" "$(date -u +%F)" "$(uname -r | cut -d- -f1)" "$qemu"
	awk '{ tests += $2 }
		$3 != "" { gsub(/\^Test|\$/, "", $3); gsub(/\|/, ", ", $3); left_out = left_out "\n| `" $1 "` | " $3 " |" }
		END { printf "%d tests of %d packages pass.\n\n| package | left out |\n|---|---|%s\n", tests, NR, left_out }'
}

{
	while read -r package left_out; do
		[ -n "$package" ] || continue
		GOARCH=$arch CGO_ENABLED=0 row "$package" "$left_out" -exec "$emulate" ${left_out:+-skip "$left_out"} "./$package"
	done <<<"$packages"
	row tests/cross "$programs" -tags "cross,${tags#-tags=}" ${programs:+-skip "$programs"} ./tests/cross -args -arch="$arch" \
		-other="$emulate $PWD/bin/$arch/composefs-storage" -podman="$emulate $PWD/bin/$arch/podman"
} | tee "$rows"
summary <"$rows" >"$table"
cat "$table"
