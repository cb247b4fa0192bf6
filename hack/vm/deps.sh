#!/bin/sh
# usage: deps.sh [boot]
#
# Install what "make test-vm" needs beyond what "make deps" installs, and is missing:
# the emulator, and what makes disks and reads them. With boot, add what "make test-boot" needs.
set -eu

needs='
qemu-system-x86_64  qemu-system-x86  runs the machine
debugfs             e2fsprogs        makes its disks, and finds a file in them
busybox             busybox-static   its commands
modprobe            kmod             knows which modules depend on which
dmsetup             dmsetup          makes its disks fail
setquota            quota            limits what may be on them
mkfs.xfs            xfsprogs         makes those with project quotas
'
[ "${1:-}" != boot ] || needs="$needs"'
/usr/share/OVMF/OVMF_CODE_4M.secboot.fd  ovmf        is firmware with Secure Boot
mkfs.vfat                                dosfstools  makes a partition that it reads
mcopy                                    mtools      puts files there
'

missing=$(echo "$needs" | while read -r need package _; do
	[ -z "$need" ] || [ -e "$need" ] || command -v "$need" >/dev/null || printf ' %s' "$package"
done)
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ]; then
	echo "error: install as root:$missing" >&2
	exit 1
fi
echo "installing$missing"
apt-get update -qq
# shellcheck disable=SC2086 # one word for each package
DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing >/dev/null
