//go:build linux

package mounted

import (
	"fmt"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Erofs mounts an image from its file for the duration of the test and returns
// where.
func Erofs(t testing.TB, image string) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount(image, dir, "erofs", unix.MS_RDONLY, ""); err != nil {
		t.Fatalf("mount %s: %v (Linux 6.12 or newer is needed to mount from a file)", image, err)
	}
	unmountLater(t, dir)
	return dir
}

// Overlay mounts an image that is mounted at meta with a directory of objects, as
// users do, for the duration of the test and returns where.
func Overlay(t testing.TB, meta, store string) string {
	t.Helper()
	dir := t.TempDir()
	options := fmt.Sprintf("metacopy=on,redirect_dir=on,lowerdir=%s::%s", meta, store)
	if err := unix.Mount("composefs", dir, "overlay", unix.MS_RDONLY, options); err != nil {
		t.Fatalf("mount overlay: %v (Linux 6.5 or newer is needed for data-only layers)", err)
	}
	unmountLater(t, dir)
	return dir
}

// Tmpfs mounts a file system in memory at dir, which must be there, for the duration of
// the test.
func Tmpfs(t testing.TB, dir, options string) {
	t.Helper()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
		t.Fatalf("mount tmpfs: %v", err)
	}
	unmountLater(t, dir)
}

// Bind mounts the directory from at dir too, for the duration of the test.
func Bind(t testing.TB, from, dir string) {
	t.Helper()
	if err := unix.Mount(from, dir, "", unix.MS_BIND, ""); err != nil {
		t.Fatalf("mount %s: %v", from, err)
	}
	unmountLater(t, dir)
}

// unmountLater unmounts dir before its directory is removed. A mount that is busy
// is an error, but is detached all the same: nothing must be removed through it. On a
// machine with much to do the kernel may take a moment to let go of closed files.
func unmountLater(t testing.TB, dir string) {
	t.Cleanup(func() {
		err := unix.Unmount(dir, 0)
		for range 100 {
			if err != unix.EBUSY {
				break
			}
			time.Sleep(20 * time.Millisecond)
			err = unix.Unmount(dir, 0)
		}
		if err != nil {
			t.Errorf("unmount %s: %v", dir, err)
			_ = unix.Unmount(dir, unix.MNT_DETACH)
		}
	})
}
