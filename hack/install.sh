#!/bin/sh
# usage: install.sh STAGE LIST
#        install.sh --remove LIST...
#
# Copy the files below STAGE to DESTDIR, and write their paths, without DESTDIR, into the file LIST
# there; or remove the files of such lists. A list also has the directories that did not exist
# before, with a slash at the end. Files of an earlier list that STAGE no longer has are removed.
#
# A mount.composefs of another program, the C one, stays as it is. PREFIX is where ours is.
set -eu
DESTDIR=${DESTDIR:-}

# foreign reports whether the file PATH belongs to another program.
foreign() {
	case $1 in */mount.composefs) ;; *) return 1 ;; esac
	[ -e "$DESTDIR$1" ] && [ "$(readlink "$DESTDIR$1")" != "$PREFIX/bin/composefs-storage" ]
}

# remove removes the files that it reads the paths of, then the directories that are empty.
remove() {
	LC_ALL=C sort -r | while IFS= read -r path; do
		case $path in
		*/) rmdir --ignore-fail-on-non-empty "$DESTDIR$path" 2>/dev/null || : ;;
		*) foreign "$path" || rm -f "$DESTDIR$path" ;;
		esac
	done
}

if [ "$1" = --remove ]; then
	shift
	paths=$(for list; do cat "$DESTDIR$list" || :; done 2>/dev/null)
	if [ -z "$paths" ]; then
		echo "error: nothing to remove: $DESTDIR$1 does not exist" >&2
		echo "hint: uninstall with the PREFIX and DESTDIR of the installation" >&2
		exit 1
	fi
	printf '%s\n' "$paths" | remove
	exit
fi

stage=$1 list=$2
mkdir -p "$stage${list%/*}"
: >"$stage$list"
old=$(cat "$DESTDIR$list" 2>/dev/null) || old=
new=$(cd "$stage" && {
	find . -mindepth 1 -type d | while IFS= read -r dir; do
		[ -d "$DESTDIR${dir#.}" ] || echo "${dir#.}/"
	done
	find . ! -type d | while IFS= read -r file; do
		foreign "${file#.}" || echo "${file#.}"
	done
} | LC_ALL=C sort)
directories=$(printf '%s\n' "$old" | grep '/$') || directories=
printf '%s\n' "$new" "$directories" | sed '/^$/d' | LC_ALL=C sort -u >"$stage$list"

LC_ALL=C sort "$stage$list" | while IFS= read -r path; do
	case $path in
	*/) mkdir -p "$DESTDIR$path" ;;
	*)
		mkdir -p "$DESTDIR${path%/*}"
		cp -P --preserve=mode --remove-destination "$stage$path" "$DESTDIR$path"
		;;
	esac
done
printf '%s\n' "$old" | sed '/^$/d' | LC_ALL=C comm -23 - "$stage$list" | remove
