#!/bin/sh
# Put the results of the last "make bench" into docs/performance.md, between two comments, and its
# charts into docs: bench.svg for that page, and bench-summary.svg for README.md.
set -eu
cd "$(dirname "$0")/.."
results=${1:-.cache/bench/results}
text=$(mktemp)
trap 'rm -f "$text"' EXIT
printf '![ratios](bench.svg)\n\n' | cat - "$results.md" >"$text"
hack/insert.sh docs/performance.md results "$text"
cp "$results.svg" docs/bench.svg
cp "${results%/*}/summary.svg" docs/bench-summary.svg
