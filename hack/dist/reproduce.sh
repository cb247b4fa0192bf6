#!/bin/sh
# Check that the packages in bin/dist, made from the commit, are reproducible: make them in another
# directory, without a build cache, and compare.
set -eu
cd "$(dirname "$0")/../.."
top=$(git rev-parse --show-toplevel)
tree=${PWD#"$top"} # of an upstream, or empty
[ -z "$(git status --porcelain)" ] || {
	echo "error: the clone has changes, which are in bin/dist and not in a commit" >&2
	echo "hint: commit them, then run this again" >&2
	exit 1
}
work=$(mktemp -d "${TMPDIR:-/var/tmp}/composefs-dist.XXXXXX")
trap 'rm -rf "$work"' EXIT
git clone --quiet "$top" "$work/another/clone"
env --unset=MAKEFLAGS GOCACHE="$work/cache" make -C "$work/another/clone" dist UPSTREAM="${tree#/.cache/upstreams/}"
diff bin/dist/SHA256SUMS "$work/another/clone$tree/bin/dist/SHA256SUMS"
(cd bin/dist && sha256sum --check SHA256SUMS)
