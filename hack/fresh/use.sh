#!/bin/sh
# Use the installed podman as README does: containers with a network of their own, --init, and a
# pod, with an image of this machine's files. There is no systemd, and limits are those of the
# caller. Networks are made in a network namespace that ends with the script.
set -eu
[ "${1:-}" = inside ] || exec unshare --net "$0" inside
mkdir -p /etc/containers/containers.conf.d
cat >/etc/containers/containers.conf.d/fresh.conf <<END
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
END
image=localhost/fresh
tar -c -C / bin/busybox | podman import -q - $image
podman run --rm $image /bin/busybox ip address show eth0
podman run --rm --init $image /bin/busybox echo "with --init"
podman pod create fresh
podman run --rm --pod fresh $image /bin/busybox echo "in a pod"
podman pod rm -f fresh
composefs-storage inspect $image
podman rmi -f $image
