#!/bin/sh
# usage: try-source.sh DROP
#
# Build podman from its own sources and the source drop, as a distribution does, and run the demo with
# it. bin/ has composefs-storage, which the demo needs, too. GO is the go command.
set -eu
[ "$(id -u)" = 0 ] || { echo "error: the demo needs root" >&2; exit 1; }
cd "$(dirname "$0")/../.."
drop=$1
go=${GO:-go}
podman=github.com/containers/podman/v5
version=$(sed -n "s,^# $podman \(v[^ ]*\).*,\1,p" vendor/modules.txt)
work=$(mktemp -d "${TMPDIR:-/var/tmp}/composefs-source.XXXXXX")
trap 'rm -rf "$work"' EXIT

dir=$(GOFLAGS='' "$go" mod download -json "$podman@$version" | sed -n 's/^.*"Dir": "\(.*\)",$/\1/p')
cp -r --no-preserve=mode "$dir" "$work/podman"
cp "$drop" "$work/podman"
(
	cd "$work/podman"
	GOFLAGS='' "$go" mod vendor # podman's own tar has it
	cp go.mod go.sum vendor/modules.txt "$work"
	tar -x -O --wildcards -f "${drop##*/}" '*/composefs/README.md' | sed -n 's/^    //p' >"$work/commands"
	sh -eux "$work/commands"
	"$go" build -mod=vendor -trimpath -tags "apparmor containers_image_openpgp exclude_graphdriver_btrfs isal libzstd seccomp systemd" \
		-o "$work/built" ./cmd/podman
	for file in go.mod go.sum vendor/modules.txt; do cmp "$file" "$work/${file##*/}"; done
)
# The demo builds nothing, and finds this podman in bin.
MAKE=true unshare --mount sh -euc 'mount --bind "$1" bin/podman; exec hack/demo/demo.sh' sh "$work/built"
