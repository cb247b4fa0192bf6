//go:build linux

package e2e_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// atRunTime are the differences of the section "Differences from plain overlay at run time" of
// containers-storage-composefs(5): the state of a file of the image with plain overlay, which is also
// the state of a written file, with ours, and with ours for a user without root.
var atRunTime = []struct {
	file                string
	look                func(path string) string
	plain, ours, served string
}{
	{"empty", openDirect, "opened", "EINVAL", "opened"},
	{"inline", openDirect, "opened", "EINVAL", "opened"},
	{"external", openDirect, "opened", "opened", "opened"},
	{"external", fileFlags, "flags", "ENOTTY", "ENOTTY"},
	{"external", immutable, "false", "true", "false"},
	{"external", birth, "true", "false", "false"},
	{"zeros", firstHole, "1048576", "0", "0"},
}

// TestDifferences checks that list, on files of the image and then on the same files after the
// container has written to them.
func TestDifferences(t *testing.T) {
	both(t, func(t *testing.T, p *podman.Podman) {
		ref := pull(t, p, podman.Layer(
			layertest.File("empty", ""), layertest.File("inline", strings.Repeat("i", 64)), layertest.File("external", strings.Repeat("e", 65)),
			layertest.File("zeros", string(make([]byte, 1<<20)))))
		p.Run("create", "--name", "box", ref)
		dir := p.Run("mount", "box")
		for _, d := range atRunTime {
			want := d.plain
			switch {
			case p.Kind == podman.Ours && podman.WithoutRoot():
				want = d.served
			case p.Kind == podman.Ours:
				want = d.ours
			}
			if got := d.look(filepath.Join(dir, d.file)); got != want {
				t.Errorf("/%s of the image: %s, the man page says %s", d.file, got, want)
			}
		}
		for _, d := range atRunTime {
			path := filepath.Join(dir, d.file)
			if err := os.WriteFile(path, []byte(strings.Repeat("w", 1<<20)), 0o644); err != nil {
				t.Fatal(err)
			}
			if got := d.look(path); got != d.plain {
				t.Errorf("/%s of the container: %s, want %s", d.file, got, d.plain)
			}
		}
	})
}

// openDirect opens a file with O_DIRECT.
func openDirect(path string) string {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_DIRECT|unix.O_CLOEXEC, 0)
	if err == nil {
		err = unix.Close(fd)
	}
	return errorName(err, "opened")
}

// fileFlags reads and writes the flags of lsattr(1) and chattr(1).
func fileFlags(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return err.Error()
	}
	defer f.Close() //nolint:errcheck // open for reading
	flags, err := unix.IoctlGetInt(int(f.Fd()), unix.FS_IOC_GETFLAGS)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(f.Fd()), unix.FS_IOC_SETFLAGS, flags)
	}
	return errorName(err, "flags")
}

// immutable returns whether statx reports the file as immutable, and birth whether it reports since when it
// exists.
func immutable(path string) string {
	st := statx(path)
	return fmt.Sprint(st.Attributes&unix.STATX_ATTR_IMMUTABLE != 0)
}

func birth(path string) string {
	st := statx(path)
	return fmt.Sprint(st.Mask&unix.STATX_BTIME != 0)
}

func statx(path string) (st unix.Statx_t) {
	if err := unix.Statx(unix.AT_FDCWD, path, unix.AT_SYMLINK_NOFOLLOW, unix.STATX_BASIC_STATS|unix.STATX_BTIME, &st); err != nil {
		panic(err)
	}
	return st
}

// firstHole returns where the file's first hole is; its end counts as one.
func firstHole(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return err.Error()
	}
	defer f.Close() //nolint:errcheck // open for reading
	at, err := f.Seek(0, unix.SEEK_HOLE)
	return errorName(err, fmt.Sprint(at))
}

// errorName returns the name of an error of the kernel, or the other text if there is none.
func errorName(err error, otherwise string) string {
	var errno unix.Errno
	switch {
	case errors.As(err, &errno):
		return unix.ErrnoName(errno)
	case err != nil:
		return err.Error()
	}
	return otherwise
}
