#!/bin/sh
# usage: node.sh DIR CGROUP [--net]
#
# Make a node: a machine in namespaces, with --net also in a network of its own. Its /run is empty, its
# /etc/containers is DIR/containers, and its cgroups are below CGROUP in each hierarchy of cgroup v1. It is up
# when DIR/up exists, and dies with this process.
set -eu
dir=$1 cgroup=$2 net=${3:-}

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
	NODE=inside exec unshare $net --cgroup --mount --pid --ipc --uts --fork --kill-child --mount-proc "$0" "$@"
fi

hierarchies | while read -r point type options; do
	umount "$point"
	options=$(controllers "$options") || options=
	mount -t "$type" -o "${options:-defaults}" cgroup "$point"
done
hostname node
if [ -n "$net" ]; then
	ip link set lo up
	ip link add node0 type veth peer name node1
	ip address add 10.11.0.1/24 dev node0
	ip link set node0 up
	ip link set node1 up
	ip route add default via 10.11.0.254
	echo 1 >/proc/sys/net/ipv4/ip_forward
fi
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/lock /var/lib/containers "$dir/lib"
mount --bind "$dir/containers" /etc/containers
mount --bind "$dir/lib" /var/lib/containers # the cache of blobs
mount --make-rshared /
touch "$dir/up"
exec catatonit -P
