#!/bin/sh
# Put the results of the last "make bench" into docs/performance.md, between the two
# lines that say so, and the chart beside it.
set -eu
cd "$(dirname "$0")/.."
results=${1:-.cache/bench/results}
text=$(mktemp)
trap 'rm -f "$text"' EXIT
printf '![ratios](bench.svg)\n\n' | cat - "$results.md" >"$text"
hack/insert.sh docs/performance.md results "$text"
cp "$results.svg" docs/bench.svg
