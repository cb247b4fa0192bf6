#!/bin/sh
# usage: bats.sh
#
# Print the path of bats, which runs CRI-O's own tests. They need version 1.9, and Debian 12 has 1.8: then
# it is unpacked from npm's registry into .cache.
set -eu
cd "$(dirname "$0")/../.."
version=1.11.1
if command -v bats >/dev/null && [ "$(printf '1.9\n%s\n' "$(bats --version | sed 's/.* //')" | sort -V | head -n 1)" = 1.9 ]; then
	command -v bats
	exit
fi
program=.cache/bats/$version/package/bin/bats
if [ ! -x "$program" ]; then
	mkdir -p .cache/bats/$version
	(cd .cache/bats/$version && npm pack --silent bats@$version >&2 && tar -xf bats-$version.tgz) || {
		echo "error: bats $version cannot be downloaded from npm's registry" >&2
		echo "hint: install bats 1.9 or newer; Debian 13 has it" >&2
		exit 1
	}
fi
readlink -f "$program"
