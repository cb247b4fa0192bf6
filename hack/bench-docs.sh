#!/bin/sh
# Put the results of the last "make bench" of each upstream into docs/performance.md, between two
# comments. Those of the primary upstream have charts in docs: bench.svg for that page, and
# bench-summary.svg for README.md. Upstreams without results keep their text.
set -eu
cd "$(dirname "$0")/.."
results=${1:-.cache/bench/results}
text=$(mktemp)
trap 'rm -f "$text"' EXIT
found=false
if [ -e "$results.md" ]; then
	found=true
	printf '![ratios](bench.svg)\n\n' | cat - "$results.md" >"$text"
	hack/insert.sh docs/performance.md results "$text"
	cp "$results.svg" docs/bench.svg
	cp "${results%/*}/summary.svg" docs/bench-summary.svg
fi
for tree in .cache/upstreams/*; do
	[ -e "$tree/.cache/bench/results.md" ] || continue
	found=true
	hack/insert.sh docs/performance.md "results ${tree##*/}" "$tree/.cache/bench/results.md"
done
if [ -e .cache/scale/results.md ]; then
	found=true
	printf '![CPU time by the number of images](bench-scale.svg)\n\n' | cat - .cache/scale/results.md >"$text"
	hack/insert.sh docs/performance.md scale "$text"
	cp .cache/scale/results.svg docs/bench-scale.svg
fi
if [ -e .cache/formats/results.md ]; then
	found=true
	hack/insert.sh docs/bootable.md formats .cache/formats/results.md
fi
$found || { echo "error: there are no results; make bench, make bench-scale or make bench-formats gives them" >&2; exit 1; }
