#!/bin/sh
# Make a machine of its own for one run of a suite, and run a command in it: a fresh
# ext4 disk at /mnt, on which all that podman and the tests write is; configuration for
# the driver; no network but loopback. It ends with its namespaces, even after kill -9,
# and leaves nothing behind.
# usage: machine.sh plain|stock|ours IMAGE COMMAND [ARGUMENT...]
# IMAGE is the path of a disk image to make, and is removed once it is mounted.
set -eu
driver=$1 image=$2
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
if [ "${UPSTREAM_INSIDE:-}" != yes ]; then
	# catatonit is a PID 1 that reaps orphans at once, which some tests wait for.
	UPSTREAM_INSIDE=yes exec unshare --mount --pid --net --ipc --uts --fork --kill-child --mount-proc \
		catatonit -- "$here/machine.sh" "$@"
fi
shift 2

truncate -s 40G "$image"
mkfs.ext4 -q -E nodiscard "$image"
mount -o loop,noinit_itable "$image" /mnt
rm "$image"
ip link set lo up
for dir in bin etc work storage containers tmp vartmp suite; do mkdir "/mnt/$dir"; done
chmod 1777 /mnt/tmp /mnt/vartmp

# What is run has the names that tests and podman itself look for.
case $driver in
plain | stock) tools=$root/bin/stock podman=$root/bin/podman-stock ;;
ours) tools=$root/bin podman=$root/bin/podman ;;
*) echo "error: driver $driver: must be plain, stock or ours" >&2 && exit 2 ;;
esac
cp "$podman" /mnt/bin/podman
cp "$tools/skopeo" "$tools/podman-testing" "$tools/containers-storage" "$tools/buildah" /mnt/bin
cp "$root/bin/podman-stock" /mnt/podman-images
cp "$here/images.sh" "$here/suite.sh" /mnt
if [ "$driver" = stock ]; then
	ln -s "$("$root/hack/c-mkcomposefs.sh")" /mnt/bin/mkcomposefs
fi
cp "$("$root/hack/docker-registry.sh" | tail -1)" /mnt/docker-registry
cp -r "$UPSTREAM_TESTS/." /mnt/suite
# Go's module cache has no executable files.
chmod -R u+w /mnt/suite
# openssl of Debian 12 has no "req -quiet".
openssl req -help 2>&1 | grep -qe -quiet || sed -i '/^ *-quiet \\$/d' /mnt/suite/helpers.bash

mount -t overlay -o lowerdir=/etc,upperdir=/mnt/etc,workdir=/mnt/work overlay /etc
mount -t tmpfs tmpfs /run
mkdir -p /run/lock
mount -t tmpfs tmpfs /dev/shm
mkdir -p /var/lib/containers
mount --bind /mnt/containers /var/lib/containers
mount --bind /mnt/vartmp /var/tmp
case $(/mnt/bin/podman --version) in # it prints the name that it was started by
"podman version "[1-5].*) ;;
*) "$here/podman6.sh" ;;
esac
"$here/conf.sh" "$driver"

mkdir /mnt/home
cd /mnt
mount --bind /mnt/tmp /tmp
exec env -i HOME=/mnt/home TMPDIR=/tmp LC_ALL=C.UTF-8 TERM=dumb PODMAN_IGNORE_CGROUPSV1_WARNING=1 \
	PATH=/mnt/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
	DRIVER="$driver" FILTER="${UPSTREAM_FILTER:-}" TRANSIENT="${UPSTREAM_TRANSIENT:-0}" "$@"
