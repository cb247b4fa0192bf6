#!/bin/sh
# Print the file for "go build -overlay" that adds our grafts to vendored packages:
# each file below _vendor has the path that it gets below vendor/. A graft adds,
# and never takes the place of a vendored file. (The go command does not look into
# directories whose names start with "_".)
set -eu
cd "$(dirname "$0")/../.."
grafts=hack/graft/_vendor
find "$grafts" -type f -name '*.go' | LC_ALL=C sort | {
	separator=
	printf '{"Replace": {'
	while read -r graft; do
		place=vendor/${graft#"$grafts"/}
		if [ -e "$place" ]; then
			echo "error: $graft: there is a $place; rename the graft" >&2
			exit 1
		fi
		printf '%s\n  "%s": "%s"' "$separator" "$PWD/$place" "$PWD/$graft"
		separator=,
	done
	printf '\n}}\n'
}
