#!/bin/sh
# Run our podman in virtual machines. Arguments are for the tests, such as -cuts=5. The environment
# may have KERNEL, which kernel.sh describes, and RUN, a pattern of tests.
set -eu
cd "$(dirname "$0")/../.."
hack/vm/deps.sh
kernel=$(hack/vm/kernel.sh "${KERNEL:-}")
echo "kernel: $kernel, Linux $(cd "$kernel/lib/modules" && echo *)"
tags=$("${GO:-go}" env GOFLAGS | sed -n 's/.*-tags=\([^ ]*\).*/\1/p')
exec "${GO:-go}" test -count=1 -timeout 120m -v -tags "vm,$tags" ${RUN:+-run "$RUN"} ./tests/vm -args \
	-kernel="$kernel" -bin="$PWD/bin" "$@"
