#!/bin/sh
# usage: inside.sh ROOT SUITE
#
# Make ROOT the root of this mount namespace, and run the commands of hack/fresh/SUITE in it, up to
# the first that fails. fresh.sh calls it.
set -eu
root=$1 suite=$2
mount --make-rprivate /
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/run"
cat /etc/resolv.conf >"$root/etc/resolv.conf"
echo 'APT::Get::Assume-Yes "true";' >"$root/etc/apt/apt.conf.d/fresh" # the answer of a user
cd "$root"
pivot_root . mnt
cd /
# Of the environment, only how to reach the network stays.
exec env -i HOME=/root TERM=dumb DEBIAN_FRONTEND=noninteractive SUITE="$suite" \
	PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
	${GOPROXY:+GOPROXY="$GOPROXY"} ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
	sh -euc '
	umount -l /mnt
	cd /root/composefs-storage
	while IFS= read -r command; do
		case $command in "" | "#"*) continue ;; esac
		printf "\n# %s\n" "$command"
		sh -c "$command" </dev/null 2>&1 || {
			printf "error: %s: exit code %d\n" "$command" $?
			exit 1
		}
	done <"hack/fresh/$SUITE"'
