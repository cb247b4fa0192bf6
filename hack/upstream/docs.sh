#!/bin/sh
# Put the results of the last "make test-upstream" of each upstream, and which files are left out, into
# docs/testing.md, between the two lines that say so. Upstreams without results keep their text.
set -eu
cd "$(dirname "$0")/../.."
found=false
text=$(mktemp)
trap 'rm -f "$text"' EXIT

# put inserts the results of the tree $1 between the lines that say $2.
put() {
	[ -e "$1/.cache/upstream/results.md" ] || return 0
	found=true
	{
		cat "$1/.cache/upstream/results.md"
		printf '\nLeft out of podman:\n\n| file | since it |\n|---|---|\n'
		sed -E 's/^([^ ]+) (.*)$/| \1 | \2 |/' "$1/hack/upstream/excluded"
	} >"$text"
	hack/insert.sh docs/testing.md "$2" "$text"
}

put . upstream
for tree in .cache/upstreams/*; do
	put "$tree" "upstream ${tree##*/}"
done
$found || { echo "error: there are no results; make test-upstream gives them" >&2; exit 1; }
