package fsck

import (
	"bytes"
	"encoding/binary"
	"os"

	"golang.org/x/sys/unix"
)

// names returns the files in a layer's object directory, and of each the inode. Directories
// tell both; asking for each file would take most of the time that a layer takes.
func (l *layer) names() (map[string]uint64, error) {
	all := map[string]uint64{}
	var shards []string
	err := readDir(l.Diff(), func(name string, inode uint64, kind byte) {
		if kind == unix.DT_DIR {
			shards = append(shards, name)
		} else {
			all[name] = inode
		}
	})
	for _, shard := range shards {
		if err != nil {
			return nil, err
		}
		err = readDir(l.Diff()+"/"+shard, func(name string, inode uint64, _ byte) {
			all[shard+"/"+name] = inode
		})
	}
	return all, err
}

// The fields of struct linux_dirent64 before the name, by their offsets.
const (
	direntInode  = 0
	direntLength = 16
	direntKind   = 18
	direntName   = 19
)

// readDir calls fn for every entry of a directory.
func readDir(path string, fn func(name string, inode uint64, kind byte)) error {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return &os.PathError{Op: "open", Path: path, Err: err}
	}
	defer unix.Close(fd) //nolint:errcheck // open for reading
	buf := make([]byte, 64<<10)
	for {
		n, err := unix.Getdents(fd, buf)
		if err != nil {
			return &os.PathError{Op: "read directory", Path: path, Err: err}
		}
		if n == 0 {
			return nil
		}
		for b := buf[:n]; len(b) > direntName; b = b[binary.NativeEndian.Uint16(b[direntLength:]):] {
			name, _, _ := bytes.Cut(b[direntName:], []byte{0})
			if s := string(name); s != "." && s != ".." {
				fn(s, binary.NativeEndian.Uint64(b[direntInode:]), b[direntKind])
			}
		}
	}
}
