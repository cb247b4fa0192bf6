#!/bin/sh
# Boot a host from a container image in virtual machines: tests/boot. Arguments are for the test, such as -seed=7.
set -eu
cd "$(dirname "$0")/../.."
hack/vm/deps.sh
base=$(hack/boot/base.sh "${SUITE:-trixie}")
tags=$("${GO:-go}" env GOFLAGS | sed -n 's/.*-tags=\([^ ]*\).*/\1/p')
exec "${GO:-go}" test -count=1 -timeout 30m -v -tags "boot,$tags" ./tests/boot -args -base="$base" "$@"
