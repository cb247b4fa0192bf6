#!/bin/sh
# usage: dist.sh ROOT OUT
#
# Make the packages composefs-storage and podman-composefs, as .deb and .rpm, of the files that "make
# install" has put below ROOT with PREFIX=/usr, and the source drop. They replace OUT. The YAML files
# here describe the packages.
#
# ARCH is the architecture as Go names it, VERSION ours, and SOURCE_DATE_EPOCH the time of all files. STRIP
# is strip(1) for the architecture.
set -eu
umask 022
export LC_ALL=C
cd "$(dirname "$0")/../.."
root=$1 out=$2
TREES=.cache/dist/trees
module=github.com/containers/podman/v5
PODMAN_VERSION=$(sed -n "s,^# $module v\([^ ]*\).*,\1,p" vendor/modules.txt)
# The command reads storage.conf by the rules of this podman.
TOOL_VERSION=$VERSION+podman$PODMAN_VERSION
# The newest version of glibc that a function of podman needs.
GLIBC=$(readelf --dyn-syms --wide "$root/usr/bin/podman" | sed -n 's/.*GLIBC_\([0-9.]*\).*/\1/p' | sort -V | tail -n 1)
# podman 6 makes networks with netavark 2, which Debian 13 does not have yet.
DEB_NETAVARK='' RPM_NETAVARK=''
case $PODMAN_VERSION in 5.*) ;; *) DEB_NETAVARK='netavark (>= 2)' RPM_NETAVARK='netavark >= 2' ;; esac
export DEB_NETAVARK RPM_NETAVARK
export ARCH VERSION SOURCE_DATE_EPOCH TREES PODMAN_VERSION TOOL_VERSION GLIBC PACKAGER

# licenses prints those of all that the programs contain.
licenses() {
	find vendor -type f \( -name 'LICENSE*' -o -name 'LICENCE*' -o -name 'COPYING*' -o -name 'NOTICE*' \) | sort |
		while read -r file; do
			printf '=== %s\n\n' "$file"
			cat "$file"
		done
}

# tree PACKAGE: make the tree of a package, in which "composefs" is in the path of each file of
# composefs-storage, and in no other.
tree() {
	tree=$TREES/$1.$PACKAGER
	mkdir -p "$tree"
	cp -a "$root/." "$tree"
	rm "$tree/usr/share/composefs-storage/installed" # for "make uninstall"
	other='! -path *composefs*'
	[ "$1" = composefs-storage ] || other='-path *composefs*'
	set -f
	# shellcheck disable=SC2086 # several words
	(cd "$tree" && find . ! -type d $other -delete)
	set +f
	find "$tree" -type d -empty -delete
	install -D -m 644 LICENSE "$tree/usr/share/doc/$1/copyright"
	licenses | gzip -9n >"$tree/usr/share/doc/$1/licenses.gz"
	gzip -9nc CHANGELOG.md >"$tree/usr/share/doc/$1/changelog.gz"
	find "$tree/usr/share/man" -type f -exec gzip -9n {} +
	[ "$PACKAGER" != deb ] || mv "$tree/usr/share/zsh/site-functions" "$tree/usr/share/zsh/vendor-completions"
	find "$tree" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
}

rm -rf "$TREES" "$out"
mkdir -p "$TREES" "$out"
"${STRIP:-strip}" "$root/usr/bin/podman" "$root/usr/bin/composefs-storage" "$root/usr/libexec/podman/"*
for package in composefs-storage podman-composefs; do
	for PACKAGER in deb rpm; do
		tree "$package"
		.cache/nfpm package --config "hack/dist/$package.yaml" --packager "$PACKAGER" --target "$out"
	done
done
hack/dist/source.sh "$out"
(cd "$out" && sha256sum -- * >SHA256SUMS)
