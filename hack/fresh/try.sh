#!/bin/sh
# usage: try.sh LIST
#
# Run the commands of the file LIST, one a line, and print a transcript, up to the first line that
# does not hold:
#
#	# COMMENT
#	COMMAND      the command succeeds
#	! COMMAND    the command fails
#	> WORDS      the command before has printed these words in one line
#	< WORDS      it has not
set -eu
list=$1
said=$(mktemp -p /run)
trap 'rm -f "$said" "$said.code"' EXIT

# run runs a command, and sets code to its exit code.
run() {
	printf '\n# %s\n' "$1"
	{ sh -c "$1" </dev/null 2>&1 && echo 0 >"$said.code" || echo $? >"$said.code"; } | tee "$said"
	code=$(cat "$said.code")
}

# fail WORDS
fail() {
	printf 'error: %s: %s\n' "$list" "$1" >&2
	exit 1
}

while IFS= read -r line; do
	case $line in
	'' | '#'*) printf '%s\n' "$line" | sed -n 's/^# \(.*\)/\n(\1)/p' ;;
	'> '*) grep -qF -e "${line#> }" "$said" || fail "the output lacks \"${line#> }\"" ;;
	'< '*) ! grep -qF -e "${line#< }" "$said" || fail "the output has \"${line#< }\"" ;;
	'! '*) run "${line#! }"; [ "$code" != 0 ] || fail "${line#! }: exit code 0" ;;
	*) run "$line"; [ "$code" = 0 ] || fail "$line: exit code $code" ;;
	esac
done <"$list"
