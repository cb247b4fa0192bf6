#!/bin/sh
# Print the directory of a kernel with fs-verity and its modules: that of Debian 13 for
# clouds, which has all that a virtual machine needs in 35 MB. It is unpacked into .cache
# and not installed. The mirror is the one that apt uses.
set -eu
suite=trixie
meta=linux-image-cloud-amd64

cd "$(dirname "$0")/../.."
cache=$PWD/.cache/vm/$suite
if [ ! -d "$cache" ]; then
	mkdir -p .cache/vm
	new=$(mktemp -d "$cache.XXXXXX")
	trap 'rm -rf "$new"' EXIT
	mkdir -p "$new/lists/partial" "$new/apt" "$new/root"
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
		-o Dir::State::lists="$new/lists" -o Dir::Cache="$new/apt"
	apt-get "$@" update >&2
	# The version is part of the package's name, so whatever the suite has is taken.
	kernel=$(apt-cache "$@" depends "$meta" | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p')
	(cd "$new" && apt-get "$@" download "$kernel" >&2)
	dpkg-deb -x "$new/$kernel"_*.deb "$new/root"
	mv -T "$new/root" "$cache" || [ -d "$cache" ] # somebody else was faster
fi
echo "$cache"
