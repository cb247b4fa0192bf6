#!/bin/sh
# usage: deps.sh [podman|dist|demo|test|arm64|kubernetes]
#
# Install what building and running podman, packages, the demo, by default the tests, or building and
# testing for arm64, or tests of CRI-O need beyond Go and make, and is missing. Tests that need something else skip it,
# unless CI is true; the others need all. OS_RELEASE is a file like os-release(5).
set -eu
purpose=${1:-test}
case $purpose in
podman) purposes=' build run net pages ' ;;
dist) purposes=' build pages dist ' ;;
demo) purposes=' build run demo ' ;;
test) purposes=' build run demo test emul ' ;;
arm64) purposes=' build cross emul ' ;;
kubernetes) purposes=' build run kube ' ;;
*)
	echo "usage: deps.sh [podman|dist|demo|test|arm64|kubernetes]" >&2
	exit 2
	;;
esac
release=$(. "${OS_RELEASE:-/etc/os-release}" 2>/dev/null && echo "${VERSION_CODENAME:-}") || release=
firewall='nft nftables'
[ "$release" != bookworm ] || firewall='iptables iptables'

# Each line: who needs it; a command in PATH, one without shared libraries, a file, or a library for
# pkg-config; Debian's package with it; and what it is for.
needs="
build cc                           gcc                             podman (cgo), the race detector
build /usr/include/stdio.h         libc6-dev                       the same
build pkg-config                   pkg-config                      finds the libraries of podman
build pkg-config:libseccomp        libseccomp-dev                  podman: system call filters
build pkg-config:libsystemd        libsystemd-dev                  podman: the journal, which Debian has it log to
build pkg-config:libisal           libisal-dev                     podman: decompresses gzip in a third of the time
build pkg-config:libzstd           libzstd-dev                     podman: decompresses zstd in half the time
build patch                        patch                           changes copies of vendored files: hack/graft
run   conmon                       conmon                          podman run: a parent for each container
run   runc                         runc                            podman run: starts containers
run   /usr/lib/podman/netavark     netavark                        networks: without it no command of podman starts
run   /etc/containers/policy.json  golang-github-containers-common podman pull, load and build: whom to trust
net   $firewall                                                    networks of containers
net   /usr/lib/podman/aardvark-dns aardvark-dns                    names of containers in networks
net   catatonit                    catatonit                       pods, and podman run --init
pages go-md2man                    go-md2man                       makes podman's man pages
pages python3                      python3                         the same
dist  readelf                      binutils                        the version of glibc that podman needs
demo  static:busybox               busybox-static                  what test and demo images run
demo  setcap                       libcap2-bin                     makes files with capabilities
test  fsck.erofs                   erofs-utils                     judges images
test  bzip2                        bzip2                           packs layers that we leave to others
test  xz                           xz-utils                        the same
test  mkfs.ext4                    e2fsprogs                       makes disks that are too small
test  mkfs.xfs                     xfsprogs                        makes disks for stores, also with project quotas
test  mkfs.btrfs                   btrfs-progs                     the same
test  script                       bsdutils                        shows progress bars
test  depmod                       kmod                            knows the modules of a kernel for virtual machines
test  jq                           jq                              looks into a store as scripts do
test  strace                       strace                          what the kernel is told of SELinux labels
test  criu                         criu                            checkpoints, where it works on the kernel
test  newuidmap                    uidmap                          podman without root: a range of ids for its user
test  slirp4netns                  slirp4netns                     ports of containers without root
test  /usr/lib/python3/dist-packages/yaml python3-yaml         reads the examples for Kubernetes
test  groff                        groff-base                      judges the man pages
test  dbus-daemon                  dbus-daemon                     the bus of a user manager
test  systemd-analyze              systemd                         judges the unit of \"make install\"
emul  qemu-aarch64                 qemu-user                       runs programs for arm64; Debian 13's qemu-user-static also registers with the kernel
cross aarch64-linux-gnu-gcc        gcc-aarch64-linux-gnu           podman for arm64 (cgo)
cross /usr/aarch64-linux-gnu/include/stdio.h libc6-dev-arm64-cross the same
kube  static:busybox               busybox-static                  what images of tests run
kube  catatonit                    catatonit                       the first process of a node
kube  /usr/lib/cni/bridge          containernetworking-plugins     networks of pods
kube  iptables                     iptables                        ports of pods
kube  ip                           iproute2                        the network of a node
kube  jq                           jq                              CRI-O's own tests
kube  netstat                      net-tools                       the same
"

# missing prints the packages that are missing.
missing() {
	echo "$needs" | while read -r who need package _; do
		case $purposes in *" $who "*) ;; *) continue ;; esac
		case $need in
		static:*) path=$(command -v "${need#*:}") && ! ldd "$path" >/dev/null 2>&1 ;;
		pkg-config:*) pkg-config --exists "${need#*:}" 2>/dev/null ;;
		/*) [ -e "$need" ] ;;
		*) command -v "$need" >/dev/null ;;
		esac || printf ' %s' "$package"
	done
}

packages=$(missing)
if [ -n "$packages" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	echo "installing$packages"
	apt-get update -qq || : # of several sources, one may be out of reach
	# shellcheck disable=SC2086 # one word for each package
	if said=$(DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $packages); then
		packages=
	else
		printf '%s\n' "$said" >&2 # such as dependencies that cannot be met
		packages=$(missing)
	fi
fi
case $purpose in demo | test | kubernetes)
	"$(dirname "$0")/docker-registry.sh" >/dev/null || packages="$packages docker-registry"
	;;
esac
[ -n "$packages" ] || exit 0
if [ "$purpose" = test ]; then # tests that need something skip, but not in CI
	echo "hint: for all of it, install as root:$packages" >&2
	[ "${CI:-}" != true ]
	exit
fi
echo "error: these packages are missing, and could not be installed:$packages" >&2
if [ "$(id -u)" = 0 ]; then
	echo "hint: check the network and apt's sources, then try again" >&2
else
	echo "hint: run this as root, or install as root:$packages" >&2
fi
exit 1
