#!/bin/sh
# usage: cover.sh
#
# Print the coverage of the packages below driver by their tests and those of tests/driver. Tests run parts
# of themselves in other processes, for example traced ones. These write their coverage to GOCOVERDIR, and it
# counts too. GO is the go command.
set -eu
cd "$(dirname "$0")/.."
go=${GO:-go}
dir=$PWD/.cache/cover
rm -rf "$dir"
mkdir -p "$dir/processes"
GOCOVERDIR=$dir/processes "$go" test -timeout 60m -coverpkg=./driver/... -coverprofile="$dir/tests.out" ./driver/... ./tests/driver
"$go" tool covdata textfmt -i="$dir/processes" -o="$dir/processes.out"

# A line of a profile is a block, its number of statements and the number of times that it ran.
awk '
	/^mode:/ { next }
	{ statements[$1] = $2; if ($3 > 0) ran[$1] = 1 }
	END {
		for (block in statements) {
			package = block
			sub(/\/[^\/]*:.*/, "", package)
			sub(/^[^\/]*\/[^\/]*\/[^\/]*\//, "", package)
			all[package] += statements[block]; all["total"] += statements[block]
			if (block in ran) { covered[package] += statements[block]; covered["total"] += statements[block] }
		}
		for (package in all)
			if (package !~ /test$/)
				printf "%-32s %5.1f %%  of %d statements\n", package, 100 * covered[package] / all[package], all[package]
	}' "$dir/tests.out" "$dir/processes.out" | sort
