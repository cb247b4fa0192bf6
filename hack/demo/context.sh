#!/bin/sh
# Make the directory DIR, the context of the demo's Containerfile, of files of this
# machine: busybox, a copy of it with a capability, and small files of documentation.
set -eu
mkdir -p "$1/bin" "$1/etc" "$1/tmp" "$1/usr/share/doc"
cp "$(command -v busybox)" "$1/bin/busybox"
cp "$(command -v busybox)" "$1/bin/ping"
setcap cap_net_raw+ep "$1/bin/ping"
dir=$(cd "$1/usr/share/doc" && pwd)
cd /usr/share/doc
find . -type f -size -64k -print0 | xargs -0 cp --parents -t "$dir"
