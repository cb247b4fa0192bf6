#!/bin/sh
# Write the configuration of the machine that machine.sh makes, into its /etc.
set -eu
driver=$1
mkdir -p /etc/containers/registries.conf.d
rm -f /etc/containers/registries.conf.d/*
cat >/etc/containers/storage.conf <<END
[storage]
driver = "overlay"
graphroot = "/var/lib/containers/storage"
runroot = "/run/containers/storage"
END
# podman's tests look for these two lines, and use what is between them with other stores.
[ "$driver" = plain ] || cat >>/etc/containers/storage.conf <<END
# BEGIN CI-enabled composefs
[storage.options]
[storage.options.pull_options]
enable_partial_images = "true"
use_hard_links = "false"
ostree_repos = ""
convert_images = "true"
[storage.options.overlay]
use_composefs = "true"
# END CI-enabled composefs
END
cat "$(dirname "$0")/../../tests/podman/conf/containers.conf" - >/etc/containers/containers.conf <<END
engine.events_logger = "file"
END
cat >/etc/containers/registries.conf <<END
unqualified-search-registries = []
[[registry]]
prefix = "quay.io"
location = "127.0.0.1:5000"
insecure = true
END
echo '{"default": [{"type": "insecureAcceptAnything"}]}' >/etc/containers/policy.json
echo containers:2147483647:2147483648 | tee /etc/subuid >/etc/subgid
echo "nameserver 127.0.0.1" >/etc/resolv.conf
