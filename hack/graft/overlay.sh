#!/bin/sh
# Print the file for "go build -overlay" that grafts our files and changes on vendored
# packages; vendor/ itself stays as "go mod vendor" makes it. Each graft below _vendor has
# the path that it gets below vendor/:
#
#	*.go     a file to add; it never replaces a vendored file
#	*.patch  changes of files, relative to its directory; they are applied to copies
#
# The copies are in .cache/graft. (The go command ignores directories whose names start
# with "_".)
set -eu
cd "$(dirname "$0")/../.."
grafts=hack/graft/_vendor
mkdir -p .cache
copies=$(mktemp -d .cache/graft.XXXXXX)
trap 'rm -rf "$copies"' EXIT

fail() {
	echo "error: $1" >&2
	echo "hint: $2" >&2
	exit 1
}

# change applies a patch.
change() {
	dir=$(dirname "${1#"$grafts"/}")
	for name in $(sed -n 's,^+++ b/,,p' "$1"); do
		mkdir -p "$(dirname "$copies/$dir/$name")"
		if [ -e "vendor/$dir/$name" ] && [ ! -e "$copies/$dir/$name" ]; then
			cp "vendor/$dir/$name" "$copies/$dir/$name"
		fi
	done
	patch --directory="$copies/$dir" --strip=1 --fuzz=0 --forward --batch --no-backup-if-mismatch \
		--reject-file=- <"$1" >"$copies.log" 2>&1 && rm "$copies.log" && return
	cat "$copies.log" >&2
	rm "$copies.log"
	fail "$1 does not fit vendor/$dir" \
		"if upstream has the change, remove the patch; otherwise port it: hack/graft/README.md"
}

# list prints a line for each file of the overlay: its path below vendor/, and the graft.
list() {
	find "$grafts" -type f -name '*.go' | while read -r graft; do
		echo "${graft#"$grafts"/} $graft"
	done
	(cd "$copies" && find . -type f) | while read -r name; do
		echo "${name#./} .cache/graft/${name#./}"
	done
}

command -v patch >/dev/null || fail "program patch is missing" "as root: apt-get install patch"
for graft in $(find "$grafts" -type f -name '*.patch' | LC_ALL=C sort); do
	change "$graft"
done
find "$grafts" -type f -name '*.go' | while read -r graft; do
	place=${graft#"$grafts"/}
	if [ -e "vendor/$place" ] || [ -e "$copies/$place" ]; then
		fail "$graft: vendor/$place exists" "rename the graft"
	fi
done
list | LC_ALL=C sort | {
	separator=
	printf '{"Replace": {'
	while read -r place graft; do
		if [ "${graft#.cache}" != "$graft" ]; then # in one step: several builds may run at once
			mkdir -p "$(dirname "$graft")"
			mv "$copies/$place" "$graft"
		fi
		printf '%s\n  "%s": "%s"' "$separator" "$PWD/vendor/$place" "$PWD/$graft"
		separator=,
	done
	printf '\n}}\n'
}
