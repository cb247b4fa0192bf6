#!/bin/sh
# Run the test suites of containers/storage and podman with plain overlay, stock composefs
# and our driver, as docs/testing.md tells. The arguments are those of the program: "-help"
# lists them. What is started and mounted in namespaces of its own goes with them.
set -eu
cd "$(dirname "$0")/../.."
[ "$(id -u)" = 0 ] || { echo "error: stores and mounts need root: sudo make test-upstream" >&2; exit 1; }
hack/upstream/deps.sh
hack/c-mkcomposefs.sh >/dev/null
mkdir -p .cache/upstream
CGO_ENABLED=0 "${GO:-go}" build -trimpath -o bin/upstream ./tests/upstream
exec bin/upstream "$@"
