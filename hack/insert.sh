#!/bin/sh
# usage: insert.sh PAGE NAME FILE
#
# Replace the lines of PAGE between <!-- begin NAME --> and <!-- end NAME --> by those of FILE.
set -eu
page=$1 name=$2 file=$3
new=$(mktemp "$page.XXXXXX")
trap 'rm -f "$new"' EXIT
awk -v file="$file" -v begin="<!-- begin $name -->" -v end="<!-- end $name -->" '
	$0 == begin { print; while ((got = getline line <file) > 0) print line; if (got < 0) exit 1; skip = 1 }
	$0 == end { skip = 0; found = 1 }
	!skip { print }
	END { if (!found) exit 1 }' "$page" >"$new" || {
	echo "error: no text in $file, or no place for it in $page" >&2
	exit 1
}
chmod 644 "$new"
mv "$new" "$page"
