#!/bin/sh
# usage: programs.sh DIR
#
# Build programs into DIR that tests of CRI-O need: crictl and critest, from the module that go.mod in
# this directory names, and pinns of CRI-O, which keeps namespaces of pods. Each module is built with its
# own go.mod. .cache/cri-tools/cri-o is a link to CRI-O's source, of which tests need more. GO is the go
# command.
set -eu
cd "$(dirname "$0")/../.."
go=${GO:-go}
mkdir -p "$1" .cache/cri-tools
bin=$(readlink -f "$1")

# source MODULE DIR: print the directory of a module's source, in the version that DIR/go.mod names
source() {
	version=$(sed -n "s,.*$1 \(v[^ ]*\).*,\1,p" "$2/go.mod" | head -n 1)
	json=$(GOFLAGS='' "$go" -C "$2" mod download -json "$1@$version") || {
		printf '%s\n' "$json" >&2
		echo "error: $1 $version cannot be downloaded" >&2
		echo "hint: it comes from $("$go" env GOPROXY): check the network" >&2
		return 1
	}
	printf '%s\n' "$json" | sed -n 's/^.*"Dir": "\(.*\)",$/\1/p'
}

from=$(source sigs.k8s.io/cri-tools hack/cri-tools)
sources=.cache/cri-tools/source
rm -rf "$sources"
cp -r --no-preserve=mode "$from" "$sources" # the module cache is read-only
export CGO_ENABLED=0 GOFLAGS=-trimpath
"$go" -C "$sources" build -o "$bin/crictl" -ldflags "-X sigs.k8s.io/cri-tools/pkg/version.Version=${from##*@}" ./cmd/crictl
"$go" -C "$sources" test -c -o "$bin/critest" ./cmd/critest

crio=hack/upstreams/crio-1.34
[ -d "$crio" ] || crio=. # the tree of an upstream
from=$(source github.com/cri-o/cri-o "$crio")
${CC:-cc} -std=c99 -Os -Wall -static -o "$bin/pinns" "$from"/pinns/src/*.c
ln -sfn "$from" .cache/cri-tools/cri-o
