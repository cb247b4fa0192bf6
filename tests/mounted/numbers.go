//go:build linux

package mounted

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// Numbers are the inode numbers of all names of a mount, by path below it.
type Numbers map[string]uint64

// ReadNumbers returns the inode numbers of the mount at dir. It fails unless all names have the
// st_dev of the root, getdents returns st_ino, and both stay when the kernel drops its dentries.
func ReadNumbers(dir string) (Numbers, error) {
	before, err := readNumbers(dir)
	if err != nil {
		return nil, err
	}
	if err := DropDentries(dir); err != nil {
		return nil, err
	}
	after, err := readNumbers(dir)
	if err == nil {
		err = before.Same("after dentries were dropped", after)
	}
	return after, err
}

// Same returns an error that lists names whose number differs in other, or that other lacks.
func (n Numbers) Same(what string, other Numbers) error {
	var changed []string
	for path, ino := range n {
		if now, ok := other[path]; !ok || now != ino {
			changed = append(changed, fmt.Sprintf("%s was %d, is %d", path, ino, now))
		}
	}
	return listed("inode numbers "+what, changed)
}

// rename gives a name and those below it another one; "" removes them.
func (n Numbers) rename(path, to string) {
	for old, ino := range maps.Clone(n) {
		rest, ok := strings.CutPrefix(old+"/", path+"/")
		if !ok {
			continue
		}
		delete(n, old)
		if to != "" {
			n[filepath.Join(to, rest)] = ino
		}
	}
}

// listed returns an error that lists some of the faults, nil if there are none.
func listed(what string, faults []string) error {
	if len(faults) == 0 {
		return nil
	}
	slices.Sort(faults)
	return fmt.Errorf("%s: %d wrong: %s", what, len(faults), strings.Join(faults[:min(5, len(faults))], "; "))
}

func readNumbers(dir string) (Numbers, error) {
	var root unix.Stat_t
	if err := unix.Lstat(dir, &root); err != nil {
		return nil, &os.PathError{Op: "lstat", Path: dir, Err: err}
	}
	n := Numbers{".": root.Ino}
	var faults []string
	err := walkDirents(dir, ".", func(path string, ino uint64) (isDir bool, err error) {
		var st unix.Stat_t
		if err := unix.Lstat(filepath.Join(dir, path), &st); err != nil {
			return false, &os.PathError{Op: "lstat", Path: path, Err: err}
		}
		if st.Dev != root.Dev {
			faults = append(faults, fmt.Sprintf("%s is on device %#x, the root is on %#x", path, st.Dev, root.Dev))
		}
		if st.Ino != ino {
			faults = append(faults, fmt.Sprintf("%s is %d by stat, %d by getdents", path, st.Ino, ino))
		}
		n[path] = st.Ino
		return st.Mode&unix.S_IFMT == unix.S_IFDIR, nil
	})
	return n, errors.Join(err, listed("names of "+dir, faults))
}

// walkDirents calls visit with the paths below root, and the numbers that getdents returns.
func walkDirents(root, dir string, visit func(path string, ino uint64) (isDir bool, err error)) error {
	entries, err := dirents(filepath.Join(root, dir))
	if err != nil {
		return err
	}
	for name, ino := range entries {
		path := filepath.Join(dir, name)
		isDir, err := visit(path, ino)
		if errors.Is(err, unix.ENOENT) { // overlayfs lists whiteouts that it merges with nothing
			continue
		}
		if err == nil && isDir {
			err = walkDirents(root, path, visit)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// dirents returns the names in a directory and the numbers that getdents returns.
func dirents(dir string) (map[string]uint64, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // open for reading
	entries := map[string]uint64{}
	buf := make([]byte, 1<<16)
	for {
		n, err := unix.Getdents(int(f.Fd()), buf)
		if err != nil || n == 0 {
			return entries, err
		}
		for b := buf[:n]; len(b) > 0; b = b[binary.NativeEndian.Uint16(b[16:]):] { // struct linux_dirent64
			name := unix.ByteSliceToString(b[19:])
			if name != "." && name != ".." {
				entries[name] = binary.NativeEndian.Uint64(b)
			}
		}
	}
}

// DropDentries has the kernel drop the dentries of the file system mounted at dir that nobody
// uses, and their inodes, as it does when memory is short: reconfiguring a file system does.
func DropDentries(dir string) error {
	fd, err := unix.Fspick(unix.AT_FDCWD, dir, unix.FSPICK_CLOEXEC)
	if err != nil {
		return &os.PathError{Op: "fspick", Path: dir, Err: err}
	}
	defer unix.Close(fd) //nolint:errcheck // nothing is written
	err = unix.FsconfigReconfigure(fd)
	if err != nil && !errors.Is(err, unix.EROFS) { // of a mount without an upper directory, after it has
		return &os.PathError{Op: "reconfigure", Path: dir, Err: err}
	}
	return nil
}
