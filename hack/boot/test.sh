#!/bin/sh
# Boot a host from a container image in virtual machines: tests/boot. Arguments are for the tests, such as
# -cuts=0. The environment may have RUN, a pattern of tests; without it TestSELinux does not run.
set -eu
cd "$(dirname "$0")/../.."
hack/vm/deps.sh boot
base=$(hack/boot/base.sh "${SUITE:-trixie}")
case ${RUN:=Boot$} in *SELinux*) policy=$(hack/boot/base.sh "${SUITE:-trixie}" selinux) ;; esac
tools=$(hack/boot/base.sh "${SUITE:-trixie}" tools)
tags=$("${GO:-go}" env GOFLAGS | sed -n 's/.*-tags=\([^ ]*\).*/\1/p')
exec "${GO:-go}" test -count=1 -timeout 40m -v -tags "boot,$tags" -run "$RUN" ./tests/boot -args \
	-base="$base" -policy="${policy:-}" -tools="$tools" "$@"
