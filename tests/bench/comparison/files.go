package main

import (
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/tests/bench/comparison/report"
)

// seen are the findings of an operation on a tree. On one image it is the same for
// every kind, or they do not show the same.
type seen struct {
	Files, Bytes int64 // regular files
	Entries      int64 // all

	// The cost of the operation; this differs.
	Disk       int64         // bytes read from the disk, by all operations
	CPU, Again time.Duration // for the first time, and for the same names again
}

// free returns the findings without the cost.
func (s seen) free() seen {
	s.Disk, s.CPU, s.Again = 0, 0, 0
	return s
}

// operations are what this program does in a process of its own, with the arguments
// of its command line after the name; they print their findings.
var operations = map[string]func(dir string) (seen, error){
	"stat":       stat, // of a container
	"tree":       stat, // of an image
	"read":       read,
	"names":      repeated(names),
	"inodes":     repeated(stat),
	"lookups":    lookUpIn(allDirs),
	"searches":   lookUpIn(searchDirs),
	"everywhere": lookUpIn(commonDirs),
}

func operate(name, dir string) error {
	s, err := operations[name](dir)
	if err != nil {
		return err
	}
	var r unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &r); err != nil {
		return err
	}
	s.Disk = r.Inblock * 512
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

// names reads all directories.
func names(dir string) (s seen, err error) {
	err = filepath.WalkDir(dir, func(_ string, _ fs.DirEntry, err error) error {
		s.Entries++
		return err
	})
	return s, err
}

// repeated does an operation once, and then takes the median of the CPU time that it takes.
func repeated(operation func(string) (seen, error)) func(string) (seen, error) {
	return func(dir string) (s seen, err error) {
		runtime.LockOSThread() // whose time is taken
		defer runtime.UnlockOSThread()
		var again []float64
		for i := range repeats + 1 {
			start, err := threadTime()
			if err != nil {
				return s, err
			}
			if s, err = operation(dir); err != nil {
				return s, err
			}
			end, err := threadTime()
			if err != nil {
				return s, err
			}
			if i > 0 {
				again = append(again, float64(end-start))
			}
		}
		v, _ := report.Median(again)
		s.Again = time.Duration(v)
		return s, nil
	}
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
