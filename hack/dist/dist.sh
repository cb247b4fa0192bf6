#!/bin/sh
# usage: dist.sh ROOT OUT
#
# Make the packages composefs-storage and podman-composefs, as .deb and .rpm, of the files that "make
# install" has put below ROOT with PREFIX=/usr, and the source drop. They replace OUT. The YAML files
# here describe the packages. If these are set, there are two more:
#
#   BOOT                   the files of composefs-boot, by hack/boot/install.sh: OUT/boot
#   CRIO, CRIO_UPSTREAM    the files of crio-composefs, by "make install-crio", and the directory of
#                          its modules: OUT/crio
#
# ARCH is the architecture as Go names it, VERSION ours, and SOURCE_DATE_EPOCH the time of all files. STRIP
# is strip(1) for the architecture.
set -eu
umask 022
export LC_ALL=C
cd "$(dirname "$0")/../.."
root=$1 out=$2 boot=${BOOT:-} crio=${CRIO:-} upstream=${CRIO_UPSTREAM:-}
TREES=.cache/dist/trees
module=github.com/containers/podman/v5
PODMAN_VERSION=$(sed -n "s,^# $module v\([^ ]*\).*,\1,p" vendor/modules.txt)
# The command reads storage.conf by the rules of this podman.
TOOL_VERSION=$VERSION+podman$PODMAN_VERSION
# podman 6 makes networks with netavark 2, which Debian 13 does not have yet.
DEB_NETAVARK='' RPM_NETAVARK=''
case $PODMAN_VERSION in 5.*) ;; *) DEB_NETAVARK='netavark (>= 2)' RPM_NETAVARK='netavark >= 2' ;; esac
export DEB_NETAVARK RPM_NETAVARK
export ARCH VERSION SOURCE_DATE_EPOCH TREES PODMAN_VERSION TOOL_VERSION GLIBC PACKAGER

# glibc PROGRAM: print the newest version of glibc that a function of the program needs.
glibc() { readelf --dyn-syms --wide "$1" | sed -n 's/.*GLIBC_\([0-9.]*\).*/\1/p' | sort -V | tail -n 1; }

# licenses VENDOR: print those of all that the programs contain.
licenses() {
	find "$1" -type f \( -name 'LICENSE*' -o -name 'LICENCE*' -o -name 'COPYING*' -o -name 'NOTICE*' \) | sort |
		while read -r file; do
			printf '=== %s\n\n' "$file"
			cat "$file"
		done
}

# tree PACKAGE: make the tree of a package. Of the first two, "composefs" is in the path of each file of
# composefs-storage, and of no other.
tree() {
	tree=$TREES/$1.$PACKAGER
	mkdir -p "$tree"
	case $1 in
	composefs-boot) from=$boot vendor=vendor installed='' other='-false' ;;
	crio-composefs) from=$crio vendor=$upstream/vendor installed=installed-crio other='-false' ;;
	composefs-storage) from=$root vendor=vendor installed=installed other='! -path *composefs*' ;;
	*) from=$root vendor=vendor installed=installed other='-path *composefs*' ;;
	esac
	cp -a "$from/." "$tree"
	[ -z "$installed" ] || rm "$tree/usr/share/composefs-storage/$installed" # for "make uninstall"
	set -f
	# shellcheck disable=SC2086 # several words
	(cd "$tree" && find . ! -type d $other -delete)
	set +f
	find "$tree" -type d -empty -delete
	install -D -m 644 LICENSE "$tree/usr/share/doc/$1/copyright"
	licenses "$vendor" | gzip -9n >"$tree/usr/share/doc/$1/licenses.gz"
	gzip -9nc CHANGELOG.md >"$tree/usr/share/doc/$1/changelog.gz"
	[ ! -d "$tree/usr/share/man" ] || find "$tree/usr/share/man" -type f -exec gzip -9n {} +
	[ "$PACKAGER" != deb ] || [ ! -d "$tree/usr/share/zsh" ] || mv "$tree/usr/share/zsh/site-functions" "$tree/usr/share/zsh/vendor-completions"
	find "$tree" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
}

# pack PACKAGE DIRECTORY
pack() {
	for PACKAGER in deb rpm; do
		tree "$1"
		.cache/nfpm package --config "hack/dist/$1.yaml" --packager "$PACKAGER" --target "$2"
	done
}

rm -rf "$TREES" "$out"
mkdir -p "$TREES" "$out"
"${STRIP:-strip}" "$root/usr/bin/podman" "$root/usr/bin/composefs-storage" "$root/usr/libexec/podman/"*
GLIBC=$(glibc "$root/usr/bin/podman")
pack composefs-storage "$out"
pack podman-composefs "$out"
if [ -n "$boot" ]; then
	mkdir "$out/boot"
	pack composefs-boot "$out/boot"
fi
if [ -n "$crio" ]; then
	program=$crio/usr/libexec/composefs-storage/crio
	"${STRIP:-strip}" "$program"
	GLIBC=$(glibc "$program")
	CRIO_VERSION=$(sed -n 's,^# github.com/cri-o/cri-o v\([^ ]*\).*,\1,p' "$upstream/vendor/modules.txt")
	export CRIO_VERSION
	mkdir "$out/crio"
	pack crio-composefs "$out/crio"
fi
hack/dist/source.sh "$out"
(cd "$out" && find . -type f -printf '%P\n' | sort | xargs sha256sum -- >SHA256SUMS)
