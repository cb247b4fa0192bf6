//go:build linux

package mounted_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/tests/mounted"
	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// must ends a test whose directory cannot be made or changed.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// sample makes a directory with one of everything, all of one time.
func sample(t *testing.T) string {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	must(t, errors.Join(
		os.Mkdir(in("d"), 0o750),
		os.WriteFile(in("d/file"), []byte("content"), 0o640),
		os.Link(in("d/file"), in("link")),
		os.WriteFile(in("single"), []byte("content"), 0o640),
		os.Symlink("target", in("symlink")),
		unix.Mknod(in("fifo"), unix.S_IFIFO|0o600, 0),
		unix.Mknod(in("device"), unix.S_IFCHR|0o600, int(unix.Mkdev(5, 1))),
		unix.Lsetxattr(in("d/file"), "user.x", []byte("1\x00"), 0),
		unix.Lsetxattr(in("d"), "trusted.x", []byte("1"), 0),
	))
	setTimes(t, dir)
	return dir
}

// setTimes sets the times of all that the change of a test has left.
func setTimes(t *testing.T, dir string) {
	for _, name := range []string{"d/file", "single", "symlink", "fifo", "device", "d", "."} {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			setTime(t, filepath.Join(dir, name), 1, 2)
		}
	}
}

func setTime(t *testing.T, path string, sec, nsec int64) {
	t.Helper()
	times := []unix.Timespec{{Sec: time.Now().Unix()}, {Sec: sec, Nsec: nsec}}
	must(t, unix.UtimesNanoAt(unix.AT_FDCWD, path, times, unix.AT_SYMLINK_NOFOLLOW))
}

func read(t *testing.T, dir string) *tree.Tree {
	t.Helper()
	tr, err := mounted.Read(dir, mounted.Options{})
	must(t, err)
	return tr
}

// TestRead changes one thing at a time in a directory: it must be seen, with the right
// name, unless it is allowed.
func TestRead(t *testing.T) {
	needs.Root(t)
	in := filepath.Join
	times := mounted.Allow{DirTimes: true}
	for _, tc := range []struct {
		name   string
		change func(dir string) error
		keep   bool // times are not set again
		allow  mounted.Allow
		want   string // "" for no difference
	}{
		{"nothing", func(string) error { return nil }, false, mounted.Allow{}, ""},
		{"mode", func(d string) error { return os.Chmod(in(d, "single"), 0o641) }, false, mounted.Allow{}, "/single: mode 0100640 != 0100641"},
		{"setuid", func(d string) error { return unix.Chmod(in(d, "single"), 0o4640) }, false, mounted.Allow{}, "/single: mode 0100640 != 0104640"},
		{"uid", func(d string) error { return os.Lchown(in(d, "symlink"), 7, 0) }, false, mounted.Allow{}, "/symlink: uid 0 != 7"},
		{"gid", func(d string) error { return os.Lchown(in(d, "symlink"), 0, 7) }, false, mounted.Allow{}, "/symlink: gid 0 != 7"},
		{"seconds", func(d string) error { setTime(t, in(d, "symlink"), 2, 2); return nil }, true, mounted.Allow{}, "/symlink: mtime 1.000000002 != 2.000000002"},
		{"nanoseconds", func(d string) error { setTime(t, in(d, "single"), 1, 3); return nil }, true, mounted.Allow{}, "/single: mtime 1.000000002 != 1.000000003"},
		{"content", func(d string) error { return os.WriteFile(in(d, "single"), []byte("Content"), 0) }, false, mounted.Allow{}, `/single: content "content" != "Content"`},
		{"size", func(d string) error { return os.Truncate(in(d, "single"), 6) }, false, mounted.Allow{}, "/single: size 7 != 6"},
		{"target", func(d string) error {
			return errors.Join(os.Remove(in(d, "symlink")), os.Symlink("Target", in(d, "symlink")))
		}, false, mounted.Allow{}, `/symlink: target "target" != "Target"`},
		{"device", func(d string) error {
			return errors.Join(os.Remove(in(d, "device")), unix.Mknod(in(d, "device"), unix.S_IFCHR|0o600, int(unix.Mkdev(5, 2))))
		}, false, mounted.Allow{}, "/device: rdev 1281 != 1282"},
		{"type", func(d string) error {
			return errors.Join(os.Remove(in(d, "fifo")), unix.Mknod(in(d, "fifo"), unix.S_IFSOCK|0o600, 0))
		}, false, mounted.Allow{}, "/fifo: mode 010600 != 0140600"},
		{"xattr", func(d string) error { return unix.Lsetxattr(in(d, "d/file"), "user.x", []byte("1"), 0) }, false, mounted.Allow{}, `/link: xattr user.x "1\x00" != "1"`},
		{"xattr added", func(d string) error { return unix.Lsetxattr(in(d, "symlink"), "trusted.y", nil, 0) }, false, mounted.Allow{}, `/symlink: xattr trusted.y - != ""`},
		{"xattr of the root", func(d string) error { return unix.Lsetxattr(d, "user.y", []byte("1"), 0) }, false, mounted.Allow{}, `/: xattr user.y - != "1"`},
		{"name added", func(d string) error { return os.WriteFile(in(d, "d/new"), nil, 0o644) }, false, mounted.Allow{}, "/d/new: entry - != present"},
		{"name gone", func(d string) error { return os.Remove(in(d, "fifo")) }, false, mounted.Allow{}, "/fifo: entry present != -"},
		{"link broken", func(d string) error {
			return errors.Join(os.Remove(in(d, "link")), os.WriteFile(in(d, "link"), []byte("content"), 0o640),
				unix.Lsetxattr(in(d, "link"), "user.x", []byte("1\x00"), 0), os.Chtimes(in(d, "link"), time.Unix(1, 2), time.Unix(1, 2)))
		}, false, mounted.Allow{}, `/link: linked to "/d/file" != -`},
		{"link elsewhere", func(d string) error { return os.Link(in(d, "fifo"), in(d, "d/fifo")) }, false, mounted.Allow{}, `/fifo: linked to - != "/d/fifo"`},

		{"time of a directory", func(d string) error { setTime(t, in(d, "d"), 9, 0); return nil }, true, mounted.Allow{}, "/d: mtime 1.000000002 != 9.000000000"},
		{"time of a directory, allowed", func(d string) error { setTime(t, in(d, "d"), 9, 0); return nil }, true, times, ""},
		{"time of a file, not allowed", func(d string) error { setTime(t, in(d, "single"), 9, 0); return nil }, true, times, "/single: mtime 1.000000002 != 9.000000000"},
		{"mode of a directory", func(d string) error { return os.Chmod(in(d, "d"), 0o751) }, false, times, "/d: mode 040750 != 040751"},
		{"metadata, allowed", func(d string) error {
			return errors.Join(os.Chmod(in(d, "d"), 0o751), os.Lchown(in(d, "d"), 7, 8),
				unix.Lremovexattr(in(d, "d"), "trusted.x"), unix.Lsetxattr(in(d, "d"), "user.y", nil, 0))
		}, false, mounted.Allow{Metadata: map[string]bool{"/d": true}}, ""},
		{"metadata of another", func(d string) error { return os.Chmod(in(d, "d"), 0o751) }, false, mounted.Allow{Metadata: map[string]bool{"/": true}}, "/d: mode 040750 != 040751"},
		{"entries are not metadata", func(d string) error { return os.WriteFile(in(d, "d/new"), nil, 0o644) }, false, mounted.Allow{Metadata: map[string]bool{"/d": true}}, "/d/new: entry - != present"},
		{"type is not metadata", func(d string) error {
			return errors.Join(os.RemoveAll(in(d, "d")), os.WriteFile(in(d, "d"), nil, 0o750))
		}, false, mounted.Allow{DirTimes: true, Metadata: map[string]bool{"/d": true}}, "/d: mode 040750 != 0100750"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := sample(t)
			before := read(t, dir)
			must(t, tc.change(dir))
			if !tc.keep {
				setTimes(t, dir)
			}
			found := mounted.Compare(before, read(t, dir), tc.allow)
			if tc.want == "" && len(found) > 0 || tc.want != "" && (len(found) == 0 || found[0].String() != tc.want) {
				t.Errorf("differences: %v, want %q", found, tc.want)
			}
		})
	}
}
