#!/bin/sh
# usage: tree.sh [--tidy] NAME
#
# Make .cache/upstreams/NAME: this project for another upstream, which is a podman or CRI-O and the
# containers/storage below it. The tree is an ordinary Go module. hack/upstreams/NAME contains what
# differs:
#
#	go.mod, go.sum   its modules
#	renames          import paths: old and new
#	other files      they replace those of the project with the same path; one that two upstreams
#	                 share is a symlink
#
# A tree that is up to date stays as it is, and a new one keeps bin and .cache. --tidy completes go.mod
# and go.sum first. GO is the go command.
set -eu
cd "$(dirname "$0")/../.."
tidy=false
if [ "$1" = --tidy ]; then
	tidy=true
	shift
fi
name=$1
go=${GO:-go}
from=hack/upstreams/$name
tree=.cache/upstreams/$name
stamp=$tree/.cache/source

upstreams=$(echo hack/upstreams/*/go.mod | sed 's,hack/upstreams/\([^ ]*\)/go\.mod,\1,g')
if [ ! -f "$from/go.mod" ]; then
	echo "error: upstream $name is unknown; there are: $upstreams" >&2
	echo "hint: without UPSTREAM, make builds for podman 5.6, the one in vendor/" >&2
	exit 1
fi

# sources packs the files of the project that the tree contains. Their times and owners do not count.
sources() {
	pack --exclude=./.git --exclude=./.cache --exclude=./bin --exclude=./vendor --exclude=./hack/upstreams --exclude='*.test' .
	pack --dereference --exclude=./renames -C "$from" .
}

# pack writes a tar that depends on names, modes and contents only.
pack() { tar -c --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner "$@"; }

# rename rewrites the import paths in Go files, patches and scripts below the directory $1, and moves
# the grafts to their new paths.
rename() {
	sed 's,^\([^ ]*\) \([^ ]*\)$,s|\1\\b|\2|g,' "$from/renames" >"$1/renames.sed"
	find "$1" -type f \( -name '*.go' -o -name '*.patch' -o -name '*.sh' -o -name Makefile \) -exec sed -i -f "$1/renames.sed" {} +
	rm "$1/renames.sed"
	while read -r old new; do
		[ -d "$1/hack/graft/_vendor/$old" ] || continue
		mkdir -p "$1/hack/graft/_vendor/${new%/*}"
		mv "$1/hack/graft/_vendor/$old" "$1/hack/graft/_vendor/$new"
	done <"$from/renames"
	"$("$go" env GOROOT)/bin/gofmt" -w "$1/cmd" "$1/config" "$1/convert" "$1/driver" "$1/hack" "$1/tests" # sorts imports
}

mkdir -p "$tree/.cache"
exec 9>"$tree/.cache/lock"
flock 9
now=$(sources | sha256sum)
if [ "$(cat "$stamp" 2>/dev/null)" = "$now" ] && ! $tidy; then exit; fi
rm -f "$stamp"
find "$tree" -mindepth 1 -maxdepth 1 ! -name .cache ! -name bin -exec rm -rf {} +
sources | tar -x -i -C "$tree"
rename "$tree"
for shared in containerd cross docker-registry vm bench/images bench/registry; do # they do not depend on the upstream
	mkdir -p ".cache/$shared" "$(dirname "$tree/.cache/$shared")"
	ln -sfn --relative ".cache/$shared" "$tree/.cache/$shared"
done
if $tidy; then
	GOFLAGS='' "$go" -C "$tree" mod tidy
	cp "$tree/go.mod" "$tree/go.sum" "$from/"
	now=$(sources | sha256sum)
fi
if ! GOFLAGS='' "$go" -C "$tree" mod vendor >"$tree/.cache/vendor.log" 2>&1; then
	cat "$tree/.cache/vendor.log" >&2
	echo "error: the modules of upstream $name cannot be downloaded" >&2
	echo "hint: they come from $("$go" env GOPROXY); upstreams: $upstreams" >&2
	exit 1
fi
echo "$now" >"$stamp"
