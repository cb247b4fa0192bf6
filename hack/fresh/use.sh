#!/bin/sh
# Use the installed podman: containers with a network of their own, --init, and a pod. Networks are
# made in a network namespace that ends with the script.
set -eux
[ "${1:-}" = inside ] || exec unshare --net "$0" inside
podman run --rm debian grep eth0 /proc/net/dev
podman run --rm --init debian cat /proc/1/comm
podman pod create fresh
podman run --rm --pod fresh debian cat /etc/debian_version
podman pod rm -f fresh
