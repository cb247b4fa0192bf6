#!/bin/sh
# Print the directory of the programs that "make bench" pulls with for comparison: containerd and ctr,
# built from the module in this directory, and mkfs.erofs and igzip, which containerd calls. These
# two are of Debian 13, because mkfs.erofs has --sort=none since 1.8.2. They are unpacked with their
# libraries and not installed. GO is the go command.
set -eu
cd "$(dirname "$0")/../.."
mkdir -p .cache/containerd
cache=$(readlink -f .cache/containerd) # trees of upstreams have a link
CGO_ENABLED=0 "${GO:-go}" -C hack/containerd build -trimpath -tags 'no_btrfs no_cri no_devmapper no_tracing no_zfs' -o "$cache/bin/" \
	github.com/containerd/containerd/v2/cmd/containerd github.com/containerd/containerd/v2/cmd/ctr

debian=$cache/debian
if [ ! -d "$debian" ]; then
	. hack/packages.sh
	prepare_suite trixie "$debian" "$(dpkg --print-architecture)"
	suite get --error-on=any update >&2
	# shellcheck disable=SC2046 # one word for each package
	download $(suite cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances \
		erofs-utils isal | grep '^[a-z]') >&2
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
