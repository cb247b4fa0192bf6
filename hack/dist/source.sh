#!/bin/sh
# usage: source.sh OUT
#
# Put the source drop into OUT: a tar of what podman's own sources lack to be a podman with the driver.
# It is for distributions, which build podman from these and their vendor/. hack/dist/source.md, which
# is its README, describes the tar.
#
# VERSION is ours, and SOURCE_DATE_EPOCH the time of all files. GO is the go command. The overlay of the
# grafts exists.
set -eu
umask 022
export LC_ALL=C
cd "$(dirname "$0")/../.."
out=$1
go=${GO:-go}
grafts=hack/graft/_vendor
podman=github.com/containers/podman/v5
ours=$("$go" list -m)
version=$(sed -n "s,^# $podman v\([^ ]*\).*,\1,p" vendor/modules.txt)
name=composefs-storage-$VERSION-podman-$version
work=.cache/dist/source
tree=$work/$name

# dependencies FLAG...: print import path and directory of the packages of podman
dependencies() {
	CGO_ENABLED=1 "$go" list -deps "$@" -f '{{if not .Standard}}{{.ImportPath}} {{.Dir}}{{end}}' "$podman/cmd/podman" | sort
}

# place PACKAGE: print the import path that the package gets in podman's module
place() {
	case $1 in
	"$ours"/*) echo "$podman/composefs${1#"$ours"}" ;;
	*) echo "$podman/composefs/${1##*/}" ;;
	esac
}

# copy PACKAGE DIRECTORY
copy() {
	to=$tree/$(place "$1" | sed "s,^$podman/,,")
	mkdir -p "$to"
	find "$2" -maxdepth 1 \( -name '*.go' ! -name '*_test.go' -o -name '*.s' \) -exec cp {} "$to" \;
	case $1 in "$ours"/*) return ;; esac
	dir=$2
	until [ -e "$dir/LICENSE" ]; do dir=${dir%/*}; done
	cp "$dir/LICENSE" "$to"
}

# patch PATCH: copy one with paths of podman's sources
patch() {
	dir=$(dirname "${1#"$grafts"/}")
	sed "s,^diff --git a/\(.*\) b/\(.*\),diff --git a/vendor/$dir/\1 b/vendor/$dir/\2,; s,^--- a/,&vendor/$dir/,; s,^+++ b/,&vendor/$dir/," \
		"$1" >"$tree/composefs/${1##*/}"
}

rm -rf "$work"
mkdir -p "$tree/composefs" "$out"
dependencies -overlay .cache/overlay.json >"$work/with"
dependencies >"$work/without"
comm -23 "$work/with" "$work/without" >"$work/packages"
while read -r package dir; do
	copy "$package" "$dir"
	echo "s|\"$package\"|\"$(place "$package")\"|"
done <"$work/packages" >"$work/imports.sed"

# Grafts for packages that podman does not have belong to other programs.
sed 's,.* ,,' "$work/with" | sed -n "s,^$PWD/vendor/,,p" >"$work/vendored"
find "$grafts" -name '*.go' -printf '%P\n' | sort | while read -r file; do
	grep -qxF "${file%/*}" "$work/vendored" || continue
	case $file in "$podman"/*) to=${file#"$podman"/} ;; *) to=vendor/$file ;; esac
	mkdir -p "$tree/${to%/*}"
	cp "$grafts/$file" "$tree/$to"
done
find "$grafts" -name '*.patch' | sort | while read -r file; do patch "$file"; done
find "$tree" -name '*.go' -exec sed -i -f "$work/imports.sed" {} +
gofmt -w "$tree"

sed "s/@VERSION@/$version/" hack/dist/source.md >"$tree/composefs/README.md"
cp LICENSE docs/storage.conf docs/50-composefs.conf "$tree/composefs"
chmod -R a+rX,u+w,go-w "$tree"
tar -c -C "$work" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner "$name" | gzip -9n >"$out/$name.tar.gz"
echo "created source drop: $out/$name.tar.gz"
