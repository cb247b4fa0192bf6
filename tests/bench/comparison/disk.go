package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/driver/kernel/mountinfo"
)

// newDir makes an empty directory on a file system of its own, so that every store
// finds the same: ext4 takes long to find inodes where others were freed in the last
// minutes. The file system is in a sparse file next to the directory, and is gone with
// its mount.
func (l *lab) newDir(name string) (dir string, err error) {
	dir = filepath.Join(l.cache, "stores", strings.NewReplacer(" ", "-", ",", "").Replace(name))
	if err := discard(dir); err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil || !l.loop {
		return dir, err
	}
	script := `set -e
truncate -s 40G "$1.img"
mkfs.ext4 -q -E nodiscard "$1.img"
device=$(losetup --find --show --direct-io=on "$1.img")
# With -d, the device goes when it is not used any more.
mount -o noinit_itable "$device" "$1" || { losetup -d "$device"; exit 1; }
losetup -d "$device"
rm "$1.img"
rmdir "$1/lost+found"`
	if out, err := exec.Command("sh", "-c", script, "sh", dir).CombinedOutput(); err != nil {
		return "", fmt.Errorf("file system for %s: %w: %s", dir, err, out)
	}
	return dir, nil
}

// discard unmounts all that is mounted at and below a directory, and removes it.
// Nothing must be removed through a mount.
func discard(dir string) error {
	points, err := mountsBelow(dir)
	if err != nil {
		return err
	}
	for _, p := range slices.Backward(points) {
		if err := unix.Unmount(p, unix.MNT_DETACH|unix.UMOUNT_NOFOLLOW); err != nil && err != unix.EINVAL { // gone with the one above
			return fmt.Errorf("unmount %s: %w", p, err)
		}
	}
	if points, err := mountsBelow(dir); err != nil || len(points) > 0 {
		return errors.Join(fmt.Errorf("still mounted: %q", points), err)
	}
	return os.RemoveAll(dir)
}

// mountsBelow returns where something is mounted at and below dir, in the order in
// which it was.
func mountsBelow(dir string) (points []string, err error) {
	mounts, err := mountinfo.Self()
	for _, m := range mounts {
		if strings.HasPrefix(m.Point+"/", dir+"/") {
			points = append(points, m.Point)
		}
	}
	return points, err
}
