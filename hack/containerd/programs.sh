#!/bin/sh
# Print the directory of the programs that "make bench" pulls with for comparison: containerd and ctr,
# built from the module in this directory, and mkfs.erofs and igzip, which containerd calls. These
# two are of Debian 13, because mkfs.erofs has --sort=none since 1.8.2. They are unpacked with their
# libraries and not installed. GO is the go command.
set -eu
cd "$(dirname "$0")/../.."
go=${GO:-go}
mkdir -p .cache/containerd
cache=$(readlink -f .cache/containerd) # trees of upstreams have a link

# fail MESSAGE HINT
fail() {
	printf 'error: %s\nhint: %s\n' "$1" "$2" >&2
	exit 1
}

CGO_ENABLED=0 "$go" -C hack/containerd build -trimpath -tags 'no_btrfs no_cri no_devmapper no_tracing no_zfs' -o "$cache/bin/" \
	github.com/containerd/containerd/v2/cmd/containerd github.com/containerd/containerd/v2/cmd/ctr ||
	fail "containerd cannot be built" "its modules come from $("$go" env GOPROXY): check the network"

# fetch downloads erofs-utils and isal with all that they need
fetch() {
	suite get --error-on=any update >&2 || return 1
	packages=$(suite cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances \
		erofs-utils isal | grep '^[a-z]') || return 1
	# shellcheck disable=SC2086 # one word for each package
	download $packages >&2
}

debian=$cache/debian
if [ ! -d "$debian" ]; then
	. hack/packages.sh
	prepare_suite trixie "$debian" "$(dpkg --print-architecture)"
	fetch || fail "mkfs.erofs and igzip of Debian 13 cannot be downloaded from $mirror" "check the network, or use another mirror in apt's sources"
	unpack
	mv -T "$new/root" "$debian" || [ -d "$debian" ] # somebody else was faster
fi
for program in mkfs.erofs igzip; do
	set -- "$debian"/usr/lib/*/ld-linux-*.so.?
	cat >"$cache/bin/$program.$$" <<-END
		#!/bin/sh
		exec "$1" --library-path "${1%/*}" "$debian/usr/bin/$program" "\$@"
	END
	chmod +x "$cache/bin/$program.$$"
	mv "$cache/bin/$program.$$" "$cache/bin/$program"
done
echo "$cache/bin"
