//go:build linux

package podman

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// shutdown is EXT4_IOC_SHUTDOWN with the flag that nothing is flushed.
const shutdown, noFlush = 0x8004587d, 2

// Shutdown has all that is done on a small store fail with EIO, as if its disk were gone.
func (s *Store) Shutdown(t testing.TB) {
	t.Helper()
	dir, err := os.Open(s.Root)
	if err == nil {
		err = errors.Join(unix.IoctlSetPointerInt(int(dir.Fd()), shutdown, noFlush), dir.Close())
	}
	if err != nil {
		t.Error(err)
	}
}

// Freeze has all that is written to a small store made with "-eremount-ro" fail with
// EROFS, as the kernel does when it has found damage.
func (s *Store) Freeze(t testing.TB) {
	t.Helper()
	device := filepath.Base(MountAt(t, s.Root).Source)
	if err := os.WriteFile(filepath.Join("/sys/fs/ext4", device, "trigger_fs_error"), []byte("1"), 0); err != nil {
		t.Error(err)
	}
}

// Repair checks the file system of a small store that is broken, and mounts it again.
func (s *Store) Repair(t testing.TB) {
	t.Helper()
	if err := s.endPause(); err != nil { // its mount namespace has the disk, and podman cannot end it
		t.Fatal(err)
	}
	s.letGo(t)
	s.awaitDisk(t)
	out, err := exec.Command("e2fsck", "-y", "-f", s.disk()).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) { // 1: it has mended something
		t.Fatalf("e2fsck: %v: %s", err, strings.TrimSpace(string(out)))
	}
	if out, err := exec.Command("mount", "-o", "loop", s.disk(), s.Root).CombinedOutput(); err != nil {
		t.Fatalf("mount: %v: %s", err, out)
	}
}

// letGo unmounts a small store. What podman has mounted may be held for a moment by a
// process that another test is just starting.
func (s *Store) letGo(t testing.TB) {
	t.Helper()
	for start := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		err := errors.Join(detachBelow(s.Root), unix.Unmount(s.Root, unix.UMOUNT_NOFOLLOW))
		switch {
		case err == nil:
			return
		case !errors.Is(err, unix.EBUSY) || time.Since(start) > timeout:
			t.Fatalf("unmount %s: %v", s.Root, err)
		}
	}
}

// awaitDisk waits until nothing has a small store mounted: the mount namespace of a
// container that another test has just started may.
func (s *Store) awaitDisk(t testing.TB) {
	t.Helper()
	for start := time.Now(); time.Since(start) < timeout; time.Sleep(10 * time.Millisecond) {
		loops, err := loopsBelow(s.Dir)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(loops, func(l string) bool { return strings.HasSuffix(l, " "+s.disk()) }) {
			return
		}
	}
	t.Fatalf("%s is still in use, in the mount namespaces of %q", s.disk(), mountedBy(s.Root))
}

// mountedBy returns the command lines of the processes that see a mount on a directory.
func mountedBy(dir string) (commands []string) {
	tables, _ := filepath.Glob("/proc/[0-9]*/mountinfo") // processes end meanwhile
	for _, table := range tables {
		mounts, err := os.ReadFile(table)
		if err == nil && strings.Contains(string(mounts), " "+dir+" ") {
			command, _ := os.ReadFile(filepath.Join(filepath.Dir(table), "cmdline"))
			commands = append(commands, strings.ReplaceAll(string(command), "\x00", " "))
		}
	}
	return commands
}

// Remount mounts a small store that nobody uses read-only, or not any more.
func (s *Store) Remount(t testing.TB, readOnly bool) {
	t.Helper()
	err := detachBelow(s.Root) // the stock driver mounts its directory on itself
	if err == nil {
		flags := uintptr(unix.MS_REMOUNT)
		if readOnly {
			flags |= unix.MS_RDONLY
		}
		err = unix.Mount("", s.Root, "", flags, "")
	}
	if err != nil {
		t.Fatal(err)
	}
}
