#!/bin/sh
# usage: node.sh DIR CGROUP [--net | --systemd]
#
# Make a node: a machine in namespaces, with --net also in a network of its own. Its /run is empty, its
# /etc/containers is DIR/containers, its /var/lib and /var/log are in DIR, and its cgroups are below CGROUP
# in each hierarchy of cgroup v1. It is up when DIR/up exists, and dies with this process. With --systemd,
# systemd boots it by the units in DIR/units and no others.
set -eu
dir=$1 cgroup=$2 net='' systemd=false
case ${3:-} in
--net) net=--net ;;
--systemd) systemd=true ;;
esac

# hierarchies prints the mount point, the type and the options of each hierarchy.
hierarchies() { awk '$3 ~ /^cgroup2?$/ { print $2, $3, $4 }' /proc/self/mounts; }

# controllers prints those of the options that choose a hierarchy.
controllers() {
	echo "$1" | tr , '\n' | grep -vx -e 'r[wo]' -e '.*atime' -e no.* -e xattr -e 'release_agent=.*' -e 'memory_.*' | paste -sd ,
}

if [ "${NODE:-}" != inside ]; then
	hierarchies | while read -r point type options; do
		mkdir -p "$point/$cgroup"
		for file in cpuset.cpus cpuset.mems; do # a new cgroup has none
			[ ! -e "$point/$file" ] || cat "$point/$file" >"$point/$cgroup/$file"
		done
		echo $$ >"$point/$cgroup/cgroup.procs"
	done
	NODE=inside exec unshare $net --cgroup --mount --pid --ipc --uts --fork --kill-child --mount-proc sh "$0" "$@"
fi

# systemd makes directories beside the hierarchies, and has that file system read-only: the node gets its own.
all=$(hierarchies)
echo "$all" | while read -r point _; do umount "$point"; done
mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup
echo "$all" | while read -r point type options; do
	options=$(controllers "$options") || options=
	mkdir -p "$point"
	mount -t "$type" -o "${options:-defaults}" cgroup "$point"
done
hostname node
if [ -n "$net" ]; then
	ip link set lo up
	echo 1 >/proc/sys/net/ipv4/ip_forward
fi
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/lock "$dir/lib" "$dir/log"
mount --bind "$dir/containers" /etc/containers
mount --bind "$dir/lib" /var/lib # also for the cache of blobs
mount --bind "$dir/log" /var/log
mkdir -p /var/lib/containers

# kubelet writes these settings of the machine, of which all nodes are a part. The kernel mounts proc for a
# pod in a user namespace only if some mount of proc has nothing on it.
mkdir -p /run/sys /run/proc
mount -t proc -o nosuid,nodev,noexec proc /run/proc
for setting in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys kernel/keys/root_maxbytes; do
	cat "/proc/sys/$setting" >"/run/sys/${setting##*/}"
	mount --bind "/run/sys/${setting##*/}" "/proc/sys/$setting"
done
mount --make-rshared /
touch "$dir/up"
$systemd || exec catatonit -P
exec env -i container=node PATH="$PATH" SYSTEMD_UNIT_PATH="$dir/units" \
	/lib/systemd/systemd --system --unit=multi-user.target --log-target=console --show-status=no
