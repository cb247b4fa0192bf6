#!/bin/bash
# The dracut module "composefs": dracut.modules(7).

check() {
	require_binaries /usr/lib/composefs-storage/mount.composefs /usr/lib/composefs-storage/composefs-root
}

installkernel() {
	hostonly='' instmods ext4 erofs overlay loop
}

install() {
	inst_multiple sh mount mkdir
	inst_simple /usr/lib/composefs-storage/mount.composefs /sbin/mount.composefs
	inst_simple /usr/lib/composefs-storage/composefs-root /sbin/composefs-root
	inst_hook pre-pivot 00 "$moddir/composefs-pivot.sh"
}
