#!/bin/sh
# Install what the tests need beyond Go: fsck.erofs, which judges images.
set -eu
command -v fsck.erofs >/dev/null && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
	echo "hint: install erofs-utils for the tests that use fsck.erofs" >&2
	[ "${CI:-}" != true ] # a failure in CI
	exit
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends erofs-utils >/dev/null
