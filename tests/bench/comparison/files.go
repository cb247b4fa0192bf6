package main

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// seen is what an operation on a tree came across. On one image it is the same for
// every kind, or they do not show the same.
type seen struct {
	Files, Bytes int64         // regular files
	Entries      int64         // all
	Wall         time.Duration // of lookups
}

// operations are what this program does in a process of its own, with the arguments
// of its command line after the name; they print what they have seen.
var operations = map[string]func(dir string) (seen, error){
	"stat":     stat,
	"read":     read,
	"lookups":  lookups,
	"searches": searches,
}

func operate(name, dir string) error {
	s, err := operations[name](dir)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(s)
}

// stat calls lstat for every name.
func stat(dir string) (s seen, err error) {
	err = filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		var st unix.Stat_t
		if err := unix.Lstat(path, &st); err != nil {
			return err
		}
		s.Entries++
		if st.Mode&unix.S_IFMT == unix.S_IFREG {
			s.Files++
			s.Bytes += st.Size
		}
		return nil
	})
	return s, err
}

// read reads all files.
func read(dir string) (s seen, err error) {
	buffer := make([]byte, 256<<10)
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		s.Entries++
		if !d.Type().IsRegular() {
			return nil
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close() //nolint:errcheck // open for reading
		n, err := io.CopyBuffer(io.Discard, struct{ io.Reader }{f}, buffer)
		s.Files++
		s.Bytes += n
		return err
	})
	return s, err
}

// lookupCount is how many names are looked for.
const lookupCount = 20_000

// lookups looks for names that are not there, in all directories in turn.
func lookups(dir string) (seen, error) {
	var dirs []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			dirs = append(dirs, path)
		}
		return err
	})
	if err != nil {
		return seen{}, err
	}
	return lookUpIn(dirs)
}

// searches looks for names that are not there where programs look for programs,
// libraries and settings.
func searches(dir string) (seen, error) {
	var dirs []string
	for _, name := range []string{"bin", "sbin", "lib", "lib/x86_64-linux-gnu", "share", "share/locale", "libexec"} {
		if path := filepath.Join(dir, "usr", name); isDir(path) {
			dirs = append(dirs, path)
		}
	}
	return lookUpIn(append(dirs, filepath.Join(dir, "etc")))
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// lookUpIn looks for each name once. What is in the directories has been looked at
// before.
func lookUpIn(dirs []string) (s seen, err error) {
	names := make([]string, lookupCount)
	for i := range names {
		names[i] = filepath.Join(dirs[i%len(dirs)], fmt.Sprintf("no-such-name-%d-of-%d.so", i, len(dirs)))
	}
	var st unix.Stat_t
	start := time.Now()
	for _, name := range names {
		if err := unix.Lstat(name, &st); err != unix.ENOENT {
			return s, fmt.Errorf("lstat %s: %v, want %v", name, err, unix.ENOENT)
		}
	}
	s.Wall = time.Since(start)
	s.Entries = int64(len(dirs))
	return s, nil
}
