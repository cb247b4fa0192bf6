package fsck

import (
	"bytes"
	"encoding/binary"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// The fields of struct linux_dirent64 before the name, by their offsets.
const (
	direntInode  = 0
	direntLength = 16
	direntKind   = 18
	direntName   = 19
)

var direntBuffers = sync.Pool{New: func() any { b := make([]byte, 64<<10); return &b }}

// readDir calls fn for every entry of a directory. The name is valid until fn returns.
func readDir(path string, fn func(name []byte, inode uint64, kind byte)) error {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return &os.PathError{Op: "open", Path: path, Err: err}
	}
	defer unix.Close(fd) //nolint:errcheck // open for reading
	buf := direntBuffers.Get().(*[]byte)
	defer direntBuffers.Put(buf)
	for {
		n, err := unix.Getdents(fd, *buf)
		if err != nil {
			return &os.PathError{Op: "read directory", Path: path, Err: err}
		}
		if n == 0 {
			return nil
		}
		for b := (*buf)[:n]; len(b) > direntName; b = b[binary.NativeEndian.Uint16(b[direntLength:]):] {
			name, _, _ := bytes.Cut(b[direntName:], []byte{0})
			if string(name) != "." && string(name) != ".." {
				fn(name, binary.NativeEndian.Uint64(b[direntInode:]), b[direntKind])
			}
		}
	}
}
