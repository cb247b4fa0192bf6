#!/bin/sh
# Print the path of docker-registry, from Debian's package if it is not installed.
# The package is unpacked into .cache and not installed, since that would start a
# service, now and at each boot.
set -eu
command -v docker-registry && exit
cd "$(dirname "$0")/.."
mkdir -p .cache
cache=$(readlink -f .cache/docker-registry) # trees of upstreams have a link
program=usr/bin/docker-registry
if [ ! -x "$cache/$program" ]; then
	new=$(mktemp -d "$cache.XXXXXX")
	trap 'rm -rf "$new"' EXIT
	set -- -qq -o APT::Sandbox::User=root download docker-registry
	(cd "$new" && { apt-get "$@" 2>/dev/null || { apt-get update -qq && apt-get "$@"; }; } >&2)
	dpkg -x "$new"/*.deb "$new/root"
	mv -T "$new/root" "$cache" || [ -x "$cache/$program" ] # somebody else was faster
fi
echo "$cache/$program"
