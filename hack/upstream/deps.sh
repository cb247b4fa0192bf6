#!/bin/sh
# Install what the suites need beyond what hack/deps.sh installs, and is missing.
set -eu
needs='
bats      bats          runs the suites
ip        iproute2      loopback, and tests of networks
iptables  iptables      networks of containers
socat     socat         tests of podman
openssl   openssl       its registry with TLS
htpasswd  apache2-utils its registry with passwords
mkfs.xfs  xfsprogs      its test of quotas
catatonit catatonit     PID 1 of the suites, of pods, and of podman run --init
'
missing=$(echo "$needs" | while read -r program package _; do
	[ -z "$program" ] || command -v "$program" >/dev/null || printf ' %s' "$package"
done)
if [ -n "$missing" ]; then
	echo "installing$missing"
	apt-get update -qq
	# shellcheck disable=SC2086 # one word for each package
	DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing >/dev/null
fi
