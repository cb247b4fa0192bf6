#!/usr/bin/env bash
# usage: compile.sh PACKAGE OUT FLAG...
#
# Build a program with "go build FLAG...", and print how many of the packages that are not in the
# build cache are compiled: in a terminal always, elsewhere a line for each hundred. GO is the go
# command.
set -euo pipefail
package=$1 out=$2
shift 2
total=$("${GO:-go}" list -deps -f '{{if .Stale}}{{.ImportPath}}{{end}}' "$@" "$package" | wc -l)

# progress counts the packages that "go build -v" names, and passes on what else it prints.
progress() {
	local count=0 line
	while IFS= read -r line; do
		if [[ ! $line =~ ^[[:alnum:]_.~/-]+$ ]]; then
			printf '%s\n' "$line" >&2
			continue
		fi
		count=$((count + 1))
		if [ -t 1 ]; then
			printf '\r%s: %d of %d packages' "$out" "$count" "$total"
		elif [ $((count % 100)) = 0 ]; then
			printf '%s: %d of %d packages\n' "$out" "$count" "$total"
		fi
	done
	if [ -t 1 ] && [ "$count" -gt 0 ]; then echo; fi
}

"${GO:-go}" build -v "$@" -o "$out" "$package" 2>&1 | progress
