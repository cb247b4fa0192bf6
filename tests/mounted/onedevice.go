//go:build linux

package mounted

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// CheckOneDevice changes files of a container in each way that makes upper files, and fails
// unless the container stays one device and files keep their inode numbers. mount mounts it, or
// unmounts and mounts it again, and returns where. sub is a directory of the image with a
// directory called new, and at least six files that have one name each.
func CheckOneDevice(mount func() (dir string, err error), sub string) error {
	dir, err := mount()
	if err != nil {
		return err
	}
	image, err := ReadNumbers(dir)
	if err != nil {
		return fmt.Errorf("image: %w", err)
	}
	names, err := changeFiles(filepath.Join(dir, sub))
	if err != nil {
		return err
	}
	for old, renamed := range names {
		if renamed != "" {
			renamed = filepath.Join(sub, renamed)
		}
		image.rename(filepath.Join(sub, old), renamed)
	}
	changed, err := ReadNumbers(dir)
	err = errors.Join(err, image.Same("after copy-up", changed))
	if err != nil {
		return fmt.Errorf("changed container: %w", err)
	}
	if dir, err = mount(); err != nil {
		return err
	}
	again, err := ReadNumbers(dir)
	return errors.Join(err, changed.Same("after a remount", again))
}

// changeFiles changes files in a directory of the image. /proc is compared with stat on the way.
// It returns the new names of renamed files, and "" for a name that became another file.
func changeFiles(dir string) (names map[string]string, err error) {
	f, err := singleFiles(dir)
	if err != nil {
		return nil, err
	}
	at := func(name string) string { return filepath.Join(dir, name) }
	err = errors.Join(
		compareProc(at(f[0])),
		os.WriteFile(at(f[0]), []byte("written"), 0o644),
		compareProc(at(f[0])),
		os.Chmod(at(f[1]), 0o600),
		os.Remove(at(f[2])), os.WriteFile(at(f[2]), []byte("another"), 0o644), // a whiteout in between
		os.Link(at(f[3]), at("hard")),
		os.Remove(at(f[4])),
		os.Mkdir(at("made"), 0o755), os.Rename(at(f[5]), at("made/moved")), os.Rename(at("made"), at("renamed")),
		os.Symlink("nowhere", at("symlink")),
		unix.Mknod(at("device"), unix.S_IFCHR|0o600, int(unix.Mkdev(1, 3))), unix.Mkfifo(at("pipe"), 0o600),
	)
	var a, b unix.Stat_t
	err = errors.Join(err, unix.Stat(at(f[3]), &a), unix.Stat(at("hard"), &b))
	if err == nil && (a.Dev != b.Dev || a.Ino != b.Ino) {
		err = fmt.Errorf("a hard link to %s is another file", at(f[3]))
	}
	names = map[string]string{f[2]: "", f[4]: "", f[5]: "renamed/moved"}
	switch renamed := os.Rename(at("new"), at("new renamed")); {
	case renamed == nil:
		names["new"] = "new renamed"
	case !errors.Is(renamed, unix.EXDEV): // plain overlay leaves directories of an image to mv(1)
		err = errors.Join(err, renamed)
	}
	return names, err
}

// singleFiles returns the names of regular files with one name in a directory, at least six.
func singleFiles(dir string) (names []string, err error) {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		var st unix.Stat_t
		if e.Type().IsRegular() && unix.Lstat(filepath.Join(dir, e.Name()), &st) == nil && st.Nlink == 1 && st.Size > 0 {
			names = append(names, e.Name())
		}
	}
	if len(names) < 6 {
		err = errors.Join(err, fmt.Errorf("%s has %d files with one name, want 6", dir, len(names)))
	}
	return names, err
}

// compareProc fails unless /proc/self/maps and /proc/locks name the device and inode number of a
// file that stat does.
func compareProc(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // open for reading
	var st unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &st); err != nil {
		return err
	}
	memory, err := unix.Mmap(int(f.Fd()), 0, 1, unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return &os.PathError{Op: "mmap", Path: path, Err: err}
	}
	defer unix.Munmap(memory) //nolint:errcheck // nothing is written
	if err := unix.FcntlFlock(f.Fd(), unix.F_SETLK, &unix.Flock_t{Type: unix.F_RDLCK}); err != nil {
		return &os.PathError{Op: "lock", Path: path, Err: err}
	}
	device := fmt.Sprintf("%02x:%02x", unix.Major(st.Dev), unix.Minor(st.Dev))
	return errors.Join(
		findFields("/proc/self/maps", path, 3, []string{device, fmt.Sprint(st.Ino)}),
		findFields("/proc/locks", path, 4, []string{fmt.Sprint(os.Getpid()), fmt.Sprintf("%s:%d", device, st.Ino)}))
}

// findFields fails unless a line of a file has the wanted fields from the given one on.
func findFields(name, path string, first int, want []string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(text)) {
		f := strings.Fields(line)
		if len(f) >= first+len(want) && slices.Equal(f[first:first+len(want)], want) {
			return nil
		}
	}
	return fmt.Errorf("%s has no %s of %s", name, strings.Join(want, " "), path)
}
