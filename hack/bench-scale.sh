#!/bin/sh
# Measure podman as its store grows, with our driver and without it, as docs/performance.md tells. The
# arguments are those of the program: "-help" lists them. All mounts are in a namespace of its own.
set -eu
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo "error: stores and mounts need root: sudo make bench-scale" >&2; exit 1; }
if ! command -v strace >/dev/null; then
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends strace >/dev/null
fi
CGO_ENABLED=0 "${GO:-go}" build -trimpath -o bin/bench-scale ./tests/bench/scale
exec unshare --mount --pid --fork --kill-child --mount-proc \
	sh -c '. hack/cgroup2.sh; mount_cgroup2; exec bin/bench-scale "$@"' bench-scale "$@"
