#!/bin/sh
# usage: check.sh DIR [MEGABYTES]
#
# Check that podman can use composefs in DIR, where CONTAINERS_STORAGE_CONF has its store, and that
# the disk has room for the demo's megabytes. OS_RELEASE is a file like os-release(5).
set -eu
dir=$1 need=${2:-500}
program=$(dirname "$0")/../../bin/composefs-storage
release=$(. "${OS_RELEASE:-/etc/os-release}" 2>/dev/null && echo "${VERSION_CODENAME:-}") || release=

free=$(df --output=avail -BM "$dir" | tr -dc '0-9\n' | tail -n 1)
if [ "$free" -lt "$need" ]; then
	echo "error: $dir has $free MB free, and the demo needs $need MB" >&2
	echo "hint: set TMPDIR to a directory on another disk" >&2
	exit 1
fi

status=$("$program" status)
case $(printf '%s\n' "$status" | sed -n 1p) in 'composefs is on') exit ;; esac
printf 'error: %s\n' "$(printf '%s\n' "$status" | sed '/^$/,$d')" >&2
if printf '6.5\n%s\n' "$(uname -r)" | sort -VC; then
	echo "hint: set TMPDIR to a directory on ext4, xfs or btrfs; the kernel must have EROFS (CONFIG_EROFS_FS) and overlayfs" >&2
elif [ "$release" = bookworm ]; then
	cat >&2 <<-'END'
		hint: install the kernel of bookworm-backports as root, then reboot:
		  echo deb http://deb.debian.org/debian bookworm-backports main >/etc/apt/sources.list.d/backports.list
		  apt-get update && apt-get install linux-image-amd64/bookworm-backports
	END
else
	echo "hint: boot Linux 6.5 or newer, such as that of Debian 13" >&2
fi
exit 1
