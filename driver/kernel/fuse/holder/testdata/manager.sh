# Start a systemd user manager of root with a bus, in namespaces of its own, and mount images in login
# sessions of it. $1 has the images scope and session; $PROGRAM is the test program.
dir=$1
mount --make-rprivate /
umount -l /sys/fs/cgroup 2>/dev/null
mount -t cgroup2 none /sys/fs/cgroup || { echo no cgroup2; exit 1; }
group=/sys/fs/cgroup/composefs-manager-$(date +%N)
mkdir "$group" && echo $$ >"$group/cgroup.procs" || exit 1
mount -t tmpfs none /run
export XDG_RUNTIME_DIR=/run/user/0 HOME=/run/home XDG_CONFIG_HOME=/run/home/.config
unset DBUS_SESSION_BUS_ADDRESS
mkdir -p -m 700 /run/systemd/system $XDG_RUNTIME_DIR $XDG_CONFIG_HOME/systemd/user
cat >$XDG_CONFIG_HOME/systemd/user/dbus.socket <<U
[Socket]
ListenStream=%t/bus
U
cat >$XDG_CONFIG_HOME/systemd/user/dbus.service <<U
[Service]
Type=notify
ExecStart=/usr/bin/dbus-daemon --session --address=systemd: --nofork --nopidfile --systemd-activation
U
/lib/systemd/systemd --user >/run/manager.log 2>&1 &
manager=$!

# await waits for a command to succeed.
await() {
	for _ in $(seq 300); do "$@" >/dev/null 2>&1 && return; sleep .1; done
	echo "in vain: $*"
	cat /run/manager.log
	exit 1
}

# servers prints the IDs of the processes that serve images.
servers() { grep -l -s -z '^composefs-fuse' /proc/[0-9]*/cmdline | cut -d / -f 3; }
ended() { [ -z "$(servers)" ]; }
inactive() { ! systemctl --user is-active login.scope login-session.scope; }

# report prints the processes, their cgroups, and whether the mount answers.
report() {
	case $(LC_ALL=C stat "$dir/$1.root/missing-$RANDOM" 2>&1) in # the kernel does not know it
	*"No such file"*) answers=yes ;;
	*) answers=no ;;
	esac
	groups=$(for pid in $(servers); do sed -n "s,^0::${group#/sys/fs/cgroup}/,,p" /proc/$pid/cgroup; done | sort -u)
	echo "$2: $(servers | wc -w) processes${groups:+ in $groups}, answers: $answers"
}

# login mounts an image in a session that goes on.
login() {
	systemd-run --user --quiet --scope --unit=login-session bash -c \
		"(exec -a test-start '$PROGRAM' '$dir/$1' '$dir/$1.root' '$dir') && : >/run/mounted.$1; exec sleep 1000" 2>/run/login.log &
	await test -e /run/mounted.$1
}

await systemctl --user start dbus.service
login scope
report scope "scope, mounted"
systemctl --user stop login-session.scope
report scope "scope, session ended"
umount "$dir/scope.root"
await ended

export XDG_RUNTIME_DIR=/run/nobody
systemctl() { XDG_RUNTIME_DIR=/run/user/0 command systemctl "$@"; }
systemd-run() { XDG_RUNTIME_DIR=/run/user/0 command systemd-run "$1" "$2" "$3" "$4" env XDG_RUNTIME_DIR=/run/nobody "${@:5}"; }
login session
report session "session, mounted"
systemctl --user stop login-session.scope
await ended
report session "session, session ended"
umount "$dir/session.root"

export XDG_RUNTIME_DIR=/run/user/0
unset -f systemctl systemd-run
rm -r "$dir/scope.root" /run/mounted.scope
login scope
kill $manager
await ended
report scope "manager ended"
umount "$dir/scope.root"
echo $$ >/sys/fs/cgroup/cgroup.procs
empty() { find "$group" -depth -type d -exec rmdir {} \;; [ ! -d "$group" ]; }
await empty
