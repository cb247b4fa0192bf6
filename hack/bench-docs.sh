#!/bin/sh
# Put the results of the last "make bench" into docs/performance.md, between the two
# lines that say so, and the chart beside it.
set -eu
cd "$(dirname "$0")/.."
results=${1:-.cache/bench/results}
new=$(mktemp docs/performance.XXXXXX)
trap 'rm -f "$new"' EXIT
awk -v file="$results.md" '
	/^<!-- begin results -->$/ { print; print "![ratios](bench.svg)\n"; while ((got = getline line <file) > 0) print line; if (got < 0) exit 1; skip = 1 }
	/^<!-- end results -->$/ { skip = 0; found = 1 }
	!skip { print }
	END { if (!found) exit 1 }' docs/performance.md >"$new" || {
	echo "error: no results in $results.md, or no place for them in docs/performance.md" >&2
	exit 1
}
chmod 644 "$new"
mv "$new" docs/performance.md
cp "$results.svg" docs/bench.svg
