#!/bin/sh
# Measure reading and writing of images on a generated dump of 100,000 entries, and
# compare mkcomposefs with the C program if that can be fetched.
set -eu
cd "$(dirname "$0")/.."
COMPOSEFS_BENCH_OURS=$PWD/bin/mkcomposefs
COMPOSEFS_BENCH_THEIRS=$(hack/c-mkcomposefs.sh) || echo "hint: without the C program there is no comparison" >&2
export COMPOSEFS_BENCH_OURS COMPOSEFS_BENCH_THEIRS
exec "${GO:-go}" test ./tests/bench -run '^$' -bench . -benchtime "${BENCHTIME:-15x}"
