#!/bin/sh
# usage: cover.sh
#
# Print the coverage of the packages below driver by their tests and those of tests/driver. GO is the go
# command.
set -eu
cd "$(dirname "$0")/.."
mkdir -p .cache
profile=.cache/cover.out
"${GO:-go}" test -timeout 60m -coverpkg=./driver/... -coverprofile=$profile ./driver/... ./tests/driver

# A line of the profile is a block, its number of statements and the number of times that it ran. Each test
# program has a line for each block.
awk '
	/^mode:/ { next }
	{ statements[$1] = $2; if ($3 > 0) ran[$1] = 1 }
	END {
		for (block in statements) {
			package = block
			sub(/\/[^\/]*:.*/, "", package)
			sub(/^[^\/]*\/[^\/]*\/[^\/]*\//, "", package)
			if (package ~ /test$/) continue
			all[package] += statements[block]; all["total"] += statements[block]
			if (block in ran) { covered[package] += statements[block]; covered["total"] += statements[block] }
		}
		for (package in all)
			printf "%-32s %5.1f %%  of %d statements\n", package, 100 * covered[package] / all[package], all[package]
	}' $profile | sort
