#!/bin/sh
# Prepare the machine of machine.sh for podman 6 and newer. They refuse to start with cgroup v1, and send
# netavark 2 a list of networks where netavark 1, which Debian has, expects a map with their names as keys.
set -eu
cd "$(dirname "$0")/../.."
. hack/cgroup2.sh
mount_cgroup2

netavark=/usr/lib/podman/netavark
case $($netavark --version) in
"netavark 1."*) ;;
*) exit ;;
esac
cp $netavark /mnt/netavark1
cat >/mnt/netavark <<'END'
#!/bin/sh
case " $* " in
*" setup "* | *" teardown "*)
	jq 'if .networks | type == "array" then .networks |= (map({key: .name, value: .}) | from_entries) else . end' |
		/mnt/netavark1 "$@"
	;;
*) exec /mnt/netavark1 "$@" ;;
esac
END
chmod +x /mnt/netavark
mount --bind /mnt/netavark $netavark
