#!/bin/sh
# usage: base.sh [SUITE] [host|selinux|tools]
#
# Print the path of a tar of a Debian suite, which debootstrap makes once (root, the network, 500 MB). A host has a kernel,
# systemd, initramfs-tools and dracut, and the packages that podman needs for a pull; with selinux a policy too. The tools
# make unified kernel images and sign them.
set -eu
suite=${1:-trixie}
name=$suite packages=linux-image-cloud-amd64,initramfs-tools,dracut-core,zstd,systemd-sysv,udev,dbus,libseccomp2,libisal2,libzstd1,conmon,runc,netavark
case ${2:-host} in
host) ;;
selinux)
	name=$suite-selinux
	packages=$packages,selinux-policy-default,policycoreutils
	;;
tools)
	name=$suite-tools
	packages=systemd-ukify,python3-cffi-backend,systemd-boot-efi,sbsigntool,python3-virt-firmware,openssl
	;;
esac
cd "$(dirname "$0")/../.."
cache=$PWD/.cache/boot/$name.tar
if [ ! -e "$cache" ]; then
	command -v debootstrap >/dev/null || {
		apt-get update -qq
		DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends debootstrap >/dev/null
	} >&2
	mkdir -p "${cache%/*}"
	work=$(mktemp -d "$cache.XXXXXX")
	trap 'rm -rf --one-file-system "$work"' EXIT
	unshare --mount debootstrap --variant=minbase --include=$packages "$suite" "$work/root" http://deb.debian.org/debian >"$work/log" 2>&1 || {
		tail "$work/log" >&2
		echo "error: debootstrap $suite fails" >&2
		exit 1
	}
	rm -rf "$work"/root/var/cache/apt/archives/*.deb "$work"/root/var/lib/apt/lists/* "$work"/root/usr/share/doc "$work"/root/usr/share/locale
	tar -c -C "$work/root" --one-file-system -f "$work/tar" .
	mv "$work/tar" "$cache"
fi
echo "$cache"
