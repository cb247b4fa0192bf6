#!/bin/sh
# Run bats files, as machine.sh's command, and print their TAP: before that of each file a
# line with its name, after it one with bats' exit status and the seconds it took.
# First comes the version of cgroups, and first and last how many composefs layers a pull makes.
# usage: suite.sh storage|podman FILE...
set -u
suite=$1
shift

layers() {
	find /var/lib/containers/storage/overlay -name composefs.blob | wc -l
}

# A green suite tells nothing about a driver that was not at work.
prove() {
	image=quay.io/libpod/testimage:20241011 count=0
	# A layer that is there is not pulled again, and what a test has loaded may be plain.
	podman rm -a -f -t 0 >/dev/null
	podman rmi -a -f >/dev/null
	skopeo copy -q "docker://$image" "containers-storage:$image" && podman run --rm --network none "$image" true &&
		count=$(layers)
	if [ "$DRIVER" = ours ]; then # and commits make composefs layers, too
		podman run --name prove --network none "$image" touch /prove &&
			podman commit -q prove localhost/prove >/dev/null && [ "$(layers)" -gt "$count" ] || count=0
		podman rm prove >/dev/null
		podman rmi localhost/prove >/dev/null
	fi
	podman rmi -f "$image" >/dev/null
	if [ "$suite" = storage ]; then # and this program has the driver, too
		options="--graph /mnt/prove --run /mnt/prove-run --storage-driver overlay"
		containers-storage $options ${STORAGE_OPTION:+--storage-opt=$STORAGE_OPTION} status >/mnt/status 2>&1
		case $DRIVER in
		ours) grep -q '^Composefs: on' /mnt/status ;;
		stock) grep -q '^Native Overlay Diff: false' /mnt/status ;;
		esac || count=0
	fi
	echo "# composefs-layers $count"
}

case $suite in
storage)
	export STORAGE_BINARY=/mnt/bin/containers-storage STORAGE_DRIVER=overlay STORAGE_TRANSIENT="$TRANSIENT"
	[ "$DRIVER" = plain ] || export STORAGE_OPTION=overlay.use_composefs=true
	;;
podman)
	export PODMAN=/mnt/bin/podman PODMAN_TESTING=/mnt/bin/podman-testing QUADLET=/nonexistent
	;;
esac
case $(stat -f -c %T /sys/fs/cgroup) in
cgroup2fs) echo "# cgroup v2" ;;
*) echo "# cgroup v1" ;;
esac
/mnt/images.sh || exit
prove
# No BATS_TEST_TIMEOUT: its timer is a child of the tests, and some wait for all of theirs.
for file; do
	echo "# file $file"
	start=$(date +%s)
	timeout --kill-after=30 1800 bats --tap ${FILTER:+--filter "$FILTER"} "/mnt/suite/$file" </dev/null
	echo "# end $file $? $(($(date +%s) - start))"
done
prove
