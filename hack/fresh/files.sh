#!/bin/sh
# List all files, but those of the user, of stores, and of podman's caches.
find / -xdev \( -path /root -o -path /srv -o -path /var/lib/containers -o -path /var/cache/containers \) -prune -o -print | sort
