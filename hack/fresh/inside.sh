#!/bin/sh
# usage: inside.sh ROOT LIST
#
# Make ROOT the root of this mount namespace, and have try.sh run the commands of LIST in it.
# fresh.sh calls it.
set -eu
root=$1 list=$2
mount --make-rprivate /
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/dev/shm"
mount -t tmpfs tmpfs "$root/run"
cat /etc/resolv.conf >"$root/etc/resolv.conf"
echo 'APT::Get::Assume-Yes "true"; DPkg::Use-Pty "false";' >"$root/etc/apt/apt.conf.d/fresh" # there is no user
echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/fresh" # a power cut matters to nobody

# What this machine trusts besides Debian's certificates, such as that of a proxy.
certificates=$root/usr/local/share/ca-certificates
trusted=${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}
mkdir -p "$certificates"
[ ! -e "$trusted" ] || awk -v trusted="$trusted" -v to="$certificates/" '
	/BEGIN CERTIFICATE/ { block = "" }
	{ block = block $0 "\n" }
	/END CERTIFICATE/ {
		if (FILENAME != trusted) debian[block] = 1
		else if (!(block in debian)) printf "%s", block >(to (++n) ".crt")
	}' /usr/share/ca-certificates/mozilla/*.crt "$trusted"

cd "$root"
pivot_root . mnt
cd /
# Of the environment, only how to reach the network stays. Debian boots with cgroup v2.
exec env -i HOME=/root TERM=dumb DEBIAN_FRONTEND=noninteractive PODMAN_IGNORE_CGROUPSV1_WARNING=1 \
	PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
	${GOPROXY:+GOPROXY="$GOPROXY"} ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
	sh -euc 'umount -l /mnt; cd /root/composefs-storage; exec hack/fresh/try.sh "$1"' sh "hack/fresh/$list"
