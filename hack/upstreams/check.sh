#!/bin/sh
# Check go.mod and go.sum of all upstreams: they are complete, name nothing else, and the modules have
# these checksums. GO is the go command.
set -eu
cd "$(dirname "$0")/../.."
go=${GO:-go}
for mod in hack/upstreams/*/go.mod; do
	name=$(basename "$(dirname "$mod")")
	hack/upstreams/tree.sh "$name"
	echo "upstream $name"
	GOFLAGS='' "$go" -C ".cache/upstreams/$name" mod verify
	GOFLAGS='' "$go" -C ".cache/upstreams/$name" mod tidy -diff
done
