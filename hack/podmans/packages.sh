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
	mkdir -p .cache/podmans
	new=$(mktemp -d "$cache.XXXXXX")
	trap 'rm -rf "$new"' EXIT
	mkdir -p "$new/lists/partial" "$new/apt" "$new/packages" "$new/root"
	mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | head -n 1)
	cat >"$new/suite.sources" <<-END
		Types: deb
		URIs: ${mirror:-http://deb.debian.org/debian/}
		Suites: $suite
		Components: main
		Architectures: amd64
		Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
	END
	set -- -qq -o APT::Sandbox::User=root -o Dir::Etc::sourcelist="$new/suite.sources" -o Dir::Etc::sourceparts=/dev/null \
		-o Dir::State::lists="$new/lists" -o Dir::State::status=/dev/null -o Dir::Cache="$new/apt"
	apt-get "$@" --error-on=any update >&2
	# The packages that an installation on an empty disk would take.
	apt-get "$@" -s --no-install-recommends install podman runc netavark base-files coreutils dash libc-bin mount |
		sed -n 's/^Inst \([^ ]*\) .*/\1/p' >"$new/names"
	(cd "$new/packages" && xargs apt-get "$@" download <"$new/names") >&2
	for package in "$new"/packages/*.deb; do
		dpkg-deb -x "$package" "$new/root"
	done
	mv -T "$new/root" "$cache" 2>/dev/null || [ -d "$cache/usr/bin" ] # somebody else was faster
fi
echo "$cache"
