#!/bin/sh
# Install what building, tests and demo need beyond Go and make, and is missing.
set -eu

# A line for each: what must be there (a command in PATH, a file, or what pkg-config
# finds), Debian's package with it, and what for.
needs='
cc                           gcc                             podman (cgo), the race detector
/usr/include/stdio.h         libc6-dev                       the same
pkg-config                   pkg-config                      finds the libraries of podman
pkg-config:libseccomp        libseccomp-dev                  podman: system call filters
pkg-config:libsystemd        libsystemd-dev                  podman: the journal, which Debian has it log to
conmon                       conmon                          podman run: a parent for each container
runc                         runc                            podman run: starts containers
/usr/lib/podman/netavark     netavark                        networks: without it no command of podman starts
/etc/containers/policy.json  golang-github-containers-common podman pull, load and build: whom to trust
fsck.erofs                   erofs-utils                     judges images
busybox                      busybox-static                  what test and demo images run
setcap                       libcap2-bin                     makes files with capabilities
bzip2                        bzip2                           packs layers that we leave to others
xz                           xz-utils                        the same
mkfs.ext4                    e2fsprogs                       makes disks that are too small
mkfs.xfs                     xfsprogs                        makes disks for stores, also with project quotas
mkfs.btrfs                   btrfs-progs                     the same
script                       bsdutils                        shows progress bars
depmod                       kmod                            knows the modules of a kernel for virtual machines
patch                        patch                           changes copies of vendored files: hack/graft
jq                           jq                              looks into a store as scripts do
strace                       strace                          what the kernel is told of SELinux labels
criu                         criu                            checkpoints, where it works on the kernel
newuidmap                    uidmap                          podman without root: a range of ids for its user
groff                        groff-base                      judges the man pages
systemd-analyze              systemd                         judges the unit of "make install"
'

missing=$(echo "$needs" | while read -r need package _; do
	case $need in
	'') continue ;;
	pkg-config:*) pkg-config --exists "${need#*:}" 2>/dev/null ;;
	/*) [ -e "$need" ] ;;
	*) command -v "$need" >/dev/null ;;
	esac || printf ' %s' "$package"
done)
if [ -n "$missing" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	echo "installing$missing"
	apt-get update -qq
	# shellcheck disable=SC2086 # one word for each package
	DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing >/dev/null
	missing=
fi
"$(dirname "$0")/docker-registry.sh" >/dev/null || missing="$missing docker-registry"
if [ -n "$missing" ]; then
	echo "hint: for all of it, install as root:$missing" >&2
	[ "${CI:-}" != true ] # in CI that is a failure
fi
