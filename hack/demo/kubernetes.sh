#!/bin/sh
# Start a Kubernetes cluster of three nodes on this machine, roll out an application on each, and print what a
# node with plain overlay and nodes with composefs need for it. Arguments go to the demo: -help lists them.
# The cluster leaves nothing behind.
set -eu
[ "$(id -u)" = 0 ] || { echo "error: the cluster needs root: sudo make demo-kubernetes" >&2; exit 1; }
cd "$(dirname "$0")/../.."
if [ ! -e /sys/fs/cgroup/memory/memory.stat ]; then
	echo "error: the nodes need cgroup v1, and this machine has no memory controller of it at /sys/fs/cgroup/memory" >&2
	echo "hint: boot with systemd.unified_cgroup_hierarchy=0 systemd.legacy_systemd_cgroup_controller=1" >&2
	exit 1
fi
: "${TMPDIR:=/var/tmp}"
export TMPDIR

echo "building composefs-storage, and checking that composefs works here"
"${MAKE:-make}" -s build
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/composefs"
sed "s|/var/lib/containers/storage|$work/composefs|; s|/run/containers/storage|$work/composefs.run|" docs/storage.conf >"$work/storage.conf"
CONTAINERS_STORAGE_CONF=$work/storage.conf hack/demo/check.sh "$work/composefs" 4000
rm -rf "$work"
trap - EXIT
hack/deps.sh kubernetes
echo "building CRI-O and Kubernetes, which takes fifteen minutes the first time"
"${MAKE:-make}" -s crio crio-stock crio-tools kubernetes
CGO_ENABLED=0 "${GO:-go}" build -o bin/kubernetes/demo ./tests/cluster/demo
exec bin/kubernetes/demo -report .cache/demo-kubernetes.md "$@"
