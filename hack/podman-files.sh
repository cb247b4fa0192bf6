#!/bin/sh
# usage: podman-files.sh STAGE
#
# Put podman's man pages, systemd units, completions and settings of systemd-tmpfiles below STAGE.
# podman's own Makefile makes the first two. vendor/ has no such files, so they are from the module,
# which go.sum verifies and the first run downloads.
# PREFIX is where they are going to be.
#
# Files that cannot be made are left out with a warning, since podman works without them.
set -eu
cd "$(dirname "$0")/.."
stage=$1
go=${GO:-go}
module=github.com/containers/podman/v5

# leave_out MESSAGE HINT
leave_out() {
	printf 'warning: %s\nhint: %s\n' "$1" "$2" >&2
}

version=$(sed -n "s,^# $module \(v[^ ]*\).*,\1,p" vendor/modules.txt) # go list -m needs the network
if ! json=$("$go" mod download -json "$module@$version"); then
	leave_out "without podman's module, its man pages, systemd units and completions are not installed" \
		"run this again where $(GOFLAGS='' "$go" env GOPROXY) can be reached"
	exit
fi
module_dir=$(printf '%s\n' "$json" | sed -n 's/^.*"Dir": "\(.*\)",$/\1/p')

mkdir -p .cache
source=$(mktemp -d "$PWD/.cache/podman-files.XXXXXX")
trap 'rm -rf "$source"' EXIT
cp -r --no-preserve=mode "$module_dir/." "$source" # the module cache is read-only
chmod +x "$source/hack/markdown-preprocess"

targets=install.systemd
md2man=$(command -v go-md2man) && command -v python3 >/dev/null && targets="docs install.man install.systemd" ||
	leave_out "without go-md2man and python3, podman's man pages are not installed" "make deps FOR=podman"
GOFLAGS='' MAKEFLAGS='' make -s -C "$source" GOMD2MAN="$md2man" MAN_L=true BUILDTAGS=systemd \
	DESTDIR="$stage" PREFIX="$PREFIX" $targets >"$source.log" 2>&1 || {
	cat "$source.log" >&2
	rm "$source.log"
	echo "error: podman's Makefile cannot make $targets" >&2
	exit 1
}
rm "$source.log"

# podman itself could print them only where it can run: not with cgroup v1, or on another processor.
share=$stage$PREFIX/share
install -D -m 644 -t "$share/bash-completion/completions" "$module_dir/completions/bash/podman"
install -D -m 644 -t "$share/zsh/site-functions" "$module_dir/completions/zsh/_podman"
install -D -m 644 -t "$share/fish/vendor_completions.d" "$module_dir/completions/fish/podman.fish"
install -D -m 644 -t "$stage$PREFIX/lib/tmpfiles.d" "$module_dir/contrib/tmpfile/podman.conf"
