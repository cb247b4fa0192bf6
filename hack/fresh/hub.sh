#!/bin/sh
# usage: hub.sh TAR
#
# Stand in for Docker Hub, for want of one: serve the files of TAR as docker.io/library/debian, and
# have podman look there. Stand in for systemd too, which does not run in the root, and keep the
# limits of the caller.
set -eu
mkdir -p /etc/containers/containers.conf.d /etc/containers/registries.conf.d
cat >/etc/containers/containers.conf.d/fresh.conf <<END
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
END
cat >/etc/containers/registries.conf.d/fresh.conf <<END
[[registry]]
prefix = "docker.io"
location = "127.0.0.1:5000"
insecure = true
END

work=/run/fresh
mkdir $work
printf 'version: 0.1\nhttp: {addr: "127.0.0.1:5000"}\nstorage: {filesystem: {rootdirectory: %s}}\n' $work/hub >$work/hub.yml
: >$work/hub.log
"$(hack/docker-registry.sh)" serve $work/hub.yml >$work/hub.log 2>&1 &
for _ in $(seq 100); do
	! grep -q 'listening on' $work/hub.log || break
	sleep 0.1
done
podman=$PWD/bin/podman
[ -e "$podman" ] || podman=/usr/bin/podman
podman() { $podman --root $work/store --runroot $work/run --tmpdir $work/tmp "$@"; }
podman import -q -c 'CMD ["bash"]' "$1" docker.io/library/debian >/dev/null
podman push -q --tls-verify=false docker.io/library/debian 127.0.0.1:5000/library/debian
podman system reset -f >/dev/null 2>&1
