//go:build linux

package podman

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// NewStoreOn makes an empty store like [NewStore] on a file system of its own: ext4, xfs or
// btrfs on a loop device, tmpfs, or overlay. A kernel that does not have it ends the test.
func NewStoreOn(t testing.TB, fs string) *Store {
	t.Helper()
	known, err := os.ReadFile("/proc/filesystems")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(known, []byte("\t"+fs+"\n")) {
		t.Skipf("the kernel does not have %s", fs)
	}
	switch fs {
	case "ext4":
		return NewSmallStore(t, 128<<20)
	case "xfs":
		return newDiskStore(t, 512<<20, "mkfs.xfs", "xfsprogs", "-q") // it makes none of less than 300 MB
	case "btrfs":
		return newDiskStore(t, 256<<20, "mkfs.btrfs", "btrfs-progs", "-q")
	}
	s := NewStore(t)
	options := "size=128m"
	if fs == "overlay" {
		lower, upper, work := filepath.Join(s.Dir, "lower"), filepath.Join(s.Dir, "upper"), filepath.Join(s.Dir, "work")
		if err := errors.Join(os.Mkdir(lower, 0o755), os.Mkdir(upper, 0o755), os.Mkdir(work, 0o755)); err != nil {
			t.Fatal(err)
		}
		options = "lowerdir=" + lower + ",upperdir=" + upper + ",workdir=" + work
	}
	err = os.Mkdir(s.Root, 0o700)
	if err == nil {
		err = unix.Mount(fs, s.Root, fs, 0, options)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}
