#!/bin/sh
# Put the results of the last "make test-upstream", and which files are left out, into
# docs/testing.md, between the two lines that say so.
set -eu
cd "$(dirname "$0")/../.."
results=${1:-.cache/upstream/results.md}
new=$(mktemp docs/testing.XXXXXX)
trap 'rm -f "$new" "$new.in"' EXIT
{
	cat "$results"
	printf '\nLeft out of podman:\n\n| file | since it |\n|---|---|\n'
	sed -E 's/^([^ ]+) (.*)$/| \1 | \2 |/' hack/upstream/excluded
} >"$new.in"
awk -v file="$new.in" '
	/^<!-- begin upstream -->$/ { print; while ((got = getline line <file) > 0) print line; if (got < 0) exit 1; skip = 1 }
	/^<!-- end upstream -->$/ { skip = 0; found = 1 }
	!skip { print }
	END { if (!found) exit 1 }' docs/testing.md >"$new" || {
	echo "error: no place for $results in docs/testing.md" >&2
	exit 1
}
chmod 644 "$new"
mv "$new" docs/testing.md
