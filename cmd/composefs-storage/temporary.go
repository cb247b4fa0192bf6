package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
)

// temporaryPrefix returns the prefix of the temporary names for path.
func temporaryPrefix(path string) string {
	dir, name := filepath.Split(filepath.Clean(path))
	return filepath.Join(dir, "."+name+".tmp-")
}

// createTemporary creates a file and locks it.
func createTemporary(prefix string) (*os.File, error) {
	for {
		name := fmt.Sprintf("%s%016x", prefix, rand.Uint64())
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
		if err != nil {
			return nil, err
		}
		// On a file system without locks, removeStale removes nothing.
		_ = files.Lock(f, unix.LOCK_EX)
		if _, err := os.Lstat(name); err == nil {
			return f, nil
		}
		_ = f.Close() // another process removed it as stale before it was locked
	}
}

// removeStale removes the temporary files with that prefix that no process has locked.
func removeStale(prefix string) {
	dir, start := filepath.Split(prefix)
	entries, _ := os.ReadDir(filepath.Clean(dir)) // none, if there is an error
	for _, e := range entries {
		if !e.Type().IsRegular() || !isTemporary(e.Name(), start) {
			continue
		}
		path := filepath.Join(dir, e.Name())
		f, err := os.Open(path)
		if err != nil {
			continue
		}
		if locked, err := files.Locked(f); err == nil && !locked {
			_ = os.Remove(path) // a leftover does no harm
		}
		_ = f.Close()
	}
}

// isTemporary reports whether name is start and the digits of createTemporary.
func isTemporary(name, start string) bool {
	digits, ok := strings.CutPrefix(name, start)
	return ok && len(digits) == 16 && strings.Trim(digits, "0123456789abcdef") == ""
}
