#!/bin/sh
# Install what the tests need beyond Go and make: fsck.erofs, which judges images,
# and a C compiler for the race detector.
set -eu
missing=
command -v fsck.erofs >/dev/null || missing="$missing erofs-utils"
command -v cc >/dev/null || missing="$missing gcc libc6-dev"
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	apt-get update -qq
	# shellcheck disable=SC2086 # one word for each package
	DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing >/dev/null
	exit 0
fi
echo "hint: for all tests, install as root:$missing" >&2
[ "${CI:-}" != true ] # in CI that is a failure
