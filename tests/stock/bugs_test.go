//go:build linux

package stock_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/containers/storage/drivers/overlay"
	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/stock"
)

// TestLockWithoutRoom removes a layer on a file system that has room for the lock file of the
// temporary directory, and not for the directory. The lock file stays, and the process keeps the lock.
func TestLockWithoutRoom(t *testing.T) {
	root := newRoot(t)
	if err := unix.Mount("tmpfs", root, "tmpfs", 0, "nr_inodes=100"); err != nil {
		t.Fatal(err)
	}
	d := open(t, root)
	if err := d.Create("layer", "", nil); err != nil {
		t.Fatal(err)
	}
	leaveRoom(t, root, 2) // tempdirs and a lock file
	if _, err := d.DeferredRemove("layer"); !errors.Is(err, unix.ENOSPC) {
		t.Fatalf("DeferredRemove: %v", err)
	}
	locks, err := filepath.Glob(filepath.Join(root, "overlay/tempdirs/lock-*"))
	if err != nil || len(locks) != 1 || !isOpen(t, locks[0]) {
		t.Errorf("locks: %q, %v; if stock is fixed, remove docs/upstream/lock-without-room.md and the exception in checkNoRoom of tests/e2e", locks, err)
	}
}

// isOpen reports whether this process has the file open.
func isOpen(t *testing.T, path string) bool {
	t.Helper()
	fds, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(fds, func(fd string) bool {
		to, err := os.Readlink(fd)
		return err == nil && to == path
	})
}

// leaveRoom fills a file system until it has so many inodes left.
func leaveRoom(t *testing.T, dir string, inodes int) {
	t.Helper()
	var made []string
	for {
		f, err := os.CreateTemp(dir, "full")
		if errors.Is(err, unix.ENOSPC) {
			break
		}
		if err == nil {
			err = f.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		made = append(made, f.Name())
	}
	for _, name := range made[:inodes] {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
}

// TestLostLinks mounts a layer whose links in overlay/l were lost. Drivers that write lower-layers
// (since 1.63) do not restore the links of layers that lack the file, older drivers do.
func TestLostLinks(t *testing.T) {
	root := newRoot(t)
	d := open(t, root)
	if err := errors.Join(d.Create("bottom", "", nil), d.Create("top", "bottom", nil)); err != nil {
		t.Fatal(err)
	}
	home := filepath.Join(root, "overlay")
	err := os.Remove(filepath.Join(home, "top/lower-layers")) // a layer of 1.62 or older has none
	heals := errors.Is(err, fs.ErrNotExist)
	if err != nil && !heals {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(home, "l")); err != nil {
		t.Fatal(err)
	}
	if err := d.Cleanup(); err != nil {
		t.Fatal(err)
	}
	d = open(t, root)
	if _, err := d.Get("top", graphdriver.MountOpts{Options: []string{"ro"}}); (err == nil) != heals {
		t.Errorf("Get: %v; the driver restores lost links: want %v; if stock is fixed, remove docs/upstream/lost-links.md", err, heals)
	}
	if err := d.Put("top"); err != nil {
		t.Error(err)
	}
}

// newRoot returns a directory on a disk. When the test ends, all below it is unmounted and removed.
func newRoot(t *testing.T) string {
	t.Helper()
	needs.Root(t)
	dir, err := os.MkdirTemp(needs.Disk(t), "stock-bugs")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		mounts, err := stock.Mounts(dir)
		for _, m := range mounts {
			err = errors.Join(err, os.NewSyscallError("unmount "+m, unix.Unmount(m, unix.MNT_DETACH)))
		}
		if err == nil {
			err = os.RemoveAll(dir)
		}
		if err != nil {
			t.Errorf("leaving %s: %v", dir, err)
		}
	})
	root := filepath.Join(dir, "root")
	if err := os.Mkdir(root, 0o700); err != nil {
		t.Fatal(err)
	}
	return root
}

func open(t *testing.T, root string) graphdriver.Driver {
	t.Helper()
	d, err := overlay.Init(filepath.Join(root, "overlay"), graphdriver.Options{Root: root, RunRoot: filepath.Join(root, "run")})
	if err != nil {
		t.Fatalf("stock driver: %v", err)
	}
	return d
}
