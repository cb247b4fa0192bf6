#!/bin/sh
# Measure the life of images in podman with our driver against podman without it, as
# docs/performance.md tells. The arguments are those of the program: "-help" lists them.
# What is started and mounted in namespaces of its own goes with them, even after kill -9.
set -eu
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo "error: stores and mounts need root: sudo make bench" >&2; exit 1; }
if ! command -v debootstrap >/dev/null; then
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends debootstrap >/dev/null
fi
# With cgo and the tags of podman, the floor decompresses by the library that ours uses.
CGO_ENABLED=1 "${GO:-go}" build -trimpath -o bin/bench ./tests/bench/comparison
registry=$(hack/docker-registry.sh)
containerd=$(hack/containerd/programs.sh)
exec unshare --mount --pid --fork --kill-child --mount-proc \
	sh -c '. hack/cgroup2.sh; mount_cgroup2; exec bin/bench "$@"' bench -registry "$registry" -containerd "$containerd" "$@"
