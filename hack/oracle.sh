#!/bin/sh
# Compare ROUNDS random trees and ROUNDS damaged dumps with the C mkcomposefs.
set -eu
cd "$(dirname "$0")/.."
theirs=$(hack/c-mkcomposefs.sh)
exec "${GO:-go}" test -count=1 -timeout 120m -tags oracle ./tests/oracle -args \
	-theirs="$theirs" -ours="$PWD/bin/composefs-storage" -rounds="${ROUNDS:-1000}" -seed="${SEED:-$(date +%s)}"
