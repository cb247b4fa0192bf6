# Sourced by scripts that unpack packages of a suite of Debian without installing them, with
# "set -eu". The mirror is the one that apt uses.

# prepare_suite SUITE CACHE [ARCH]: make the directory $new beside CACHE, which goes when the script
# ends, and set $mirror. There apt sees the suite as a machine does on which nothing is installed,
# and whose architecture is ARCH, or amd64.
prepare_suite() {
	arch=${3:-amd64}
	mkdir -p "${2%/*}"
	new=$(mktemp -d "$2.XXXXXX")
	trap 'rm -rf "$new"' EXIT
	mkdir -p "$new/lists/partial" "$new/apt" "$new/packages" "$new/root"
	mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | head -n 1)
	mirror=${mirror:-http://deb.debian.org/debian/}
	cat >"$new/suite.sources" <<-END
		Types: deb
		URIs: $mirror
		Suites: $1
		Components: main
		Architectures: $arch
		Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
	END
}

# suite get|cache ARGUMENTS...: apt-get or apt-cache of the prepared suite
suite() {
	program=apt-$1
	shift
	"$program" -qq -o APT::Sandbox::User=root -o APT::Architecture="$arch" -o APT::Architectures="$arch" \
		-o Dir::Etc::sourcelist="$new/suite.sources" -o Dir::Etc::sourceparts=/dev/null -o Dir::State::lists="$new/lists" \
		-o Dir::State::status=/dev/null -o Dir::Cache="$new/apt" "$@"
}

# download PACKAGE...
download() { (cd "$new/packages" && suite get download "$@"); }

# unpack: unpack what was downloaded into $new/root
unpack() {
	for package in "$new"/packages/*.deb; do
		dpkg-deb -x "$package" "$new/root"
	done
}
