# Sourced by scripts in a mount namespace of their own.
#
# mount_cgroup2 mounts cgroup v2 over that of the machine if the podman of go.mod needs it: podman 6 does
# not start with v1. pids_limit is then the line for containers.conf, else empty, because the controllers
# that v1 has, such as that of processes, are missing in v2.
pids_limit=
mount_cgroup2() {
	grep -qs "^[[:space:]]*go\.podman\.io/podman/v" go.mod || return 0
	[ "$(stat -f -c %T /sys/fs/cgroup)" != cgroup2fs ] || return 0
	mount -t cgroup2 none /sys/fs/cgroup
	pids_limit='pids_limit = 0'
}
