package mounttest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/driver/kernel/mountinfo"
)

// Scratch returns a new directory for all mounts and temporary files of a test. The test fails if it
// leaves a mount below the directory, a loop device with a file of it, or an open file. Scratch
// unmounts remaining mounts, so that the removal of the directory does not remove files through them.
func Scratch(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	before := openFiles(t)
	t.Cleanup(func() {
		for _, l := range settled(func() []string { return Leaks(dir) }) {
			t.Errorf("left behind: %s", l)
		}
		for _, f := range settled(func() []string { return added(before, openFiles(t)) }) {
			t.Errorf("left open: %s", f)
		}
		Unmount(dir)
	})
	return dir
}

// Leaks returns the mounts below dir, the loop devices with files there, and the temporary
// directories of packages mount and feature.
func Leaks(dir string) []string {
	leaks := Mounts(dir)
	files, _ := filepath.Glob("/sys/block/loop*/loop/backing_file")
	for _, f := range files {
		if path, _ := os.ReadFile(f); strings.HasPrefix(string(path), dir) {
			leaks = append(leaks, fmt.Sprintf("%s: %s", f, path))
		}
	}
	scratch, _ := filepath.Glob(filepath.Join(dir, "composefs-*"))
	return append(leaks, scratch...)
}

// Mounts returns the mount points below dir, the last mounted last.
func Mounts(dir string) []string {
	found, err := mountinfo.Below(dir)
	if err != nil {
		return []string{err.Error()}
	}
	return found
}

// Unmount detaches all mounts below dir.
func Unmount(dir string) {
	for _, at := range slices.Backward(Mounts(dir)) {
		_ = unix.Unmount(at, unix.MNT_DETACH)
	}
}

// openFiles returns the open files of the process, without those that the Go runtime opens on first
// use.
func openFiles(t *testing.T) []string {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, e := range entries {
		to, err := os.Readlink("/proc/self/fd/" + e.Name())
		if err == nil && !strings.Contains(to, "[event") && !strings.HasPrefix(to, "/proc/") && !strings.HasPrefix(to, "/sys/fs/cgroup") {
			files = append(files, to)
		}
	}
	return files
}

// added returns the elements of after that before lacks.
func added(before, after []string) []string {
	before = slices.Clone(before)
	return slices.DeleteFunc(slices.Clone(after), func(f string) bool {
		i := slices.Index(before, f)
		if i >= 0 {
			before = slices.Delete(before, i, i+1)
		}
		return i >= 0
	})
}

// settled calls find until it finds nothing. The kernel frees unused file systems and their loop
// devices with a delay.
func settled(find func() []string) []string {
	for range 200 {
		if len(find()) == 0 {
			return nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return find()
}
