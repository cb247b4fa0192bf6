package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// lookupCount is how many names are looked for, each of which is nowhere.
const lookupCount = 20_000

// allDirs returns all directories below root, by their paths from there.
func allDirs(root string) (dirs []string, err error) {
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		dir, err := filepath.Rel(root, path)
		dirs = append(dirs, dir)
		return err
	})
	return dirs, err
}

// searchDirs returns where programs look for programs, libraries and settings.
func searchDirs(root string) ([]string, error) {
	return present(root, "usr/bin", "usr/sbin", "usr/lib", "usr/lib/x86_64-linux-gnu", "usr/share", "usr/share/locale", "usr/libexec", "etc")
}

// commonDirs returns directories that each layer of an image has in which packages are
// installed.
func commonDirs(root string) ([]string, error) {
	return present(root, ".", "tmp", "var", "var/lib", "var/lib/apt", "var/lib/apt/lists")
}

func present(root string, names ...string) (dirs []string, err error) {
	for _, name := range names {
		if isDir(filepath.Join(root, name)) {
			dirs = append(dirs, name)
		}
	}
	if len(dirs) == 0 {
		return nil, fmt.Errorf("%s has none of %q", root, names)
	}
	return dirs, nil
}

// isDir reports whether path is a directory; a link to one is none.
func isDir(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.IsDir()
}

// lookUpIn looks for names twice: when nobody has asked for them before, and again.
// The names in the directories have been listed. How long the way to a directory is
// does not count.
func lookUpIn(choose func(root string) ([]string, error)) func(root string) (seen, error) {
	return func(root string) (s seen, err error) {
		dirs, err := choose(root)
		if err != nil {
			return s, err
		}
		names := make([][]string, len(dirs))
		for i := range lookupCount {
			d := i % len(dirs)
			names[d] = append(names[d], absent(i))
		}
		runtime.LockOSThread() // whose time is taken
		defer runtime.UnlockOSThread()
		for i, dir := range dirs {
			first, again, err := missing(filepath.Join(root, dir), names[i])
			if err != nil {
				return s, err
			}
			s.CPU += first
			s.Again += again
		}
		s.Entries = int64(len(dirs))
		return s, nil
	}
}

// absent returns a name that is nowhere, and that no other process has asked for: the
// kernel remembers missing names.
func absent(i int) string { return fmt.Sprintf("no-such-name-%d-of-%d.so", i, os.Getpid()) }

// missing looks twice for names that are not in dir, and returns what CPU time it took.
func missing(dir string, names []string) (first, again time.Duration, err error) {
	fd, err := unix.Open(dir, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return 0, 0, &os.PathError{Op: "open", Path: dir, Err: err}
	}
	defer unix.Close(fd) //nolint:errcheck // O_PATH
	for _, took := range []*time.Duration{&first, &again} {
		var st unix.Stat_t
		start, err := threadTime()
		if err != nil {
			return 0, 0, err
		}
		for _, name := range names {
			if err := unix.Fstatat(fd, name, &st, unix.AT_SYMLINK_NOFOLLOW); err != unix.ENOENT {
				return 0, 0, fmt.Errorf("stat %s: %v, want %v", filepath.Join(dir, name), err, unix.ENOENT) //nolint:errorlint // it may be nil
			}
		}
		end, err := threadTime()
		if err != nil {
			return 0, 0, err
		}
		*took = end - start
	}
	return first, again, nil
}

// threadTime returns the CPU time of the calling thread.
func threadTime() (time.Duration, error) {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		return 0, os.NewSyscallError("clock_gettime", err)
	}
	return time.Duration(t.Nano()), nil
}

// meanLayers returns how many of the layers have a directory, on average.
func meanLayers(layers, dirs []string) float64 {
	n := 0
	for _, layer := range layers {
		for _, dir := range dirs {
			if isDir(filepath.Join(layer, dir)) {
				n++
			}
		}
	}
	return float64(n) / float64(len(dirs))
}
