package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// chill writes dirty pages to the disk and drops the page cache.
func chill() error {
	unix.Sync()
	return os.WriteFile("/proc/sys/vm/drop_caches", []byte("3"), 0o200)
}

// readFile reads a file, so that the kernel has it in memory.
func readFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // open for reading
	_, err = io.Copy(io.Discard, struct{ io.Reader }{f})
	return err
}

// slab returns the bytes of the kernel's slab memory.
func slab() (int64, error) {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		var kib int64
		if n, _ := fmt.Sscanf(line, "Slab: %d kB", &kib); n == 1 {
			return kib << 10, nil
		}
	}
	return 0, fmt.Errorf("/proc/meminfo has no line of Slab")
}

// space is the size of a directory on its disk.
type space struct{ bytes, inodes int64 }

// measureSpace counts a directory, links to one file once, and not the mounts in
// it.
func measureSpace(dir string) (s space, err error) {
	unix.Sync() // blocks are counted when they are allocated
	type file struct{ dev, ino uint64 }
	seen := map[file]bool{}
	var root unix.Stat_t
	if err := unix.Lstat(dir, &root); err != nil {
		return s, err
	}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		var st unix.Stat_t
		if err := unix.Lstat(path, &st); err != nil {
			return err
		}
		if st.Dev != root.Dev {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if f := (file{st.Dev, st.Ino}); !seen[f] {
			seen[f] = true
			s.bytes += st.Blocks * 512
			s.inodes++
		}
		return nil
	})
	return s, err
}
