#!/bin/sh
# usage: packages.sh SUITE
#
# Unpack podman of a suite of Debian, with all that it needs to run, into .cache/podmans/SUITE
# and print that directory. Nothing is installed. The mirror is the one that apt uses.
set -eu
suite=$1
cd "$(dirname "$0")/../.."
cache=$PWD/.cache/podmans/$suite
if [ ! -d "$cache/usr/bin" ]; then
	. hack/packages.sh
	prepare_suite "$suite" "$cache"
	suite get --error-on=any update >&2
	# The packages that an installation on an empty disk would take.
	names=$(suite get -s --no-install-recommends install podman runc netavark base-files coreutils dash libc-bin mount |
		sed -n 's/^Inst \([^ ]*\) .*/\1/p')
	# shellcheck disable=SC2086 # one word for each package
	download $names >&2
	unpack
	mv -T "$new/root" "$cache" 2>/dev/null || [ -d "$cache/usr/bin" ] # somebody else was faster
fi
echo "$cache"
