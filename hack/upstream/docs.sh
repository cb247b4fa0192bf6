#!/bin/sh
# Put the results of the last "make test-upstream", and which files are left out, into
# docs/testing.md, between the two lines that say so.
set -eu
cd "$(dirname "$0")/../.."
results=${1:-.cache/upstream/results.md}
text=$(mktemp)
trap 'rm -f "$text"' EXIT
{
	cat "$results"
	printf '\nLeft out of podman:\n\n| file | since it |\n|---|---|\n'
	sed -E 's/^([^ ]+) (.*)$/| \1 | \2 |/' hack/upstream/excluded
} >"$text"
hack/insert.sh docs/testing.md upstream "$text"
