#!/bin/sh
# Measure the conversion of layers: of a generated image of 2 GB and 95,000 files
# against the bare cost of storing its contents, and of a layer of a million files.
# The tars are made once and kept in WORK; ROUNDS says how often all is run;
# each round takes 4 GB of disk until the end.
set -eu
cd "$(dirname "$0")/.."
COMPOSEFS_BENCH_PROGRAM=$PWD/bin/composefs-storage
COMPOSEFS_BENCH_DIR=${WORK:-$PWD/.cache/bench-convert}
export COMPOSEFS_BENCH_PROGRAM COMPOSEFS_BENCH_DIR
mkdir -p "$COMPOSEFS_BENCH_DIR"
exec "${GO:-go}" test ./tests/bench -run '^$' -bench Convert -benchtime "${ROUNDS:-3}x" -timeout 2h
