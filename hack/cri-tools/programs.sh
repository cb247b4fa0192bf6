#!/bin/sh
# usage: programs.sh DIR
#
# Build programs into DIR that tests of CRI-O need: crictl, critest and runc, from the modules that go.mod
# in this directory names, and pinns of CRI-O, which keeps namespaces of pods. Each module is built with
# its own go.mod. kubelet allows pods in user namespaces from runc 1.2 on, and Debian 12 has 1.1.5.
# .cache/cri-tools/cri-o is a link to CRI-O's source, of which tests need more. GO is the go command.
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

# unpack FROM DIR: copy a module, because the module cache is read-only, without its list of vendored ones
unpack() {
	rm -rf "$2"
	cp -r --no-preserve=mode "$1" "$2"
	rm -rf "$2/vendor"
}

from=$(source sigs.k8s.io/cri-tools hack/cri-tools)
sources=.cache/cri-tools/source
unpack "$from" "$sources"
export CGO_ENABLED=0 GOFLAGS=-trimpath
"$go" -C "$sources" build -o "$bin/crictl" -ldflags "-X sigs.k8s.io/cri-tools/pkg/version.Version=${from##*@}" ./cmd/crictl
"$go" -C "$sources" test -c -o "$bin/critest" ./cmd/critest

from=$(source github.com/opencontainers/runc hack/cri-tools)
sources=.cache/cri-tools/runc
unpack "$from" "$sources"
CGO_ENABLED=1 "$go" -C "$sources" build -o "$bin/runc" -tags seccomp .

crio=hack/upstreams/crio-1.34
[ -d "$crio" ] || crio=. # the tree of an upstream
from=$(source github.com/cri-o/cri-o "$crio")
${CC:-cc} -std=c99 -Os -Wall -static -o "$bin/pinns" "$from"/pinns/src/*.c
ln -sfn "$from" .cache/cri-tools/cri-o
