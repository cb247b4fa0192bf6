package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/files"
)

// newFile is a file that is written under a temporary name and gets its own when it is complete. It is
// locked while it is open: a temporary file without a lock is the leftover of a killed process.
type newFile struct {
	*os.File
	path    string
	current string // the name that it has now, "" when it is to stay
}

// createFile begins the file at path, in whose directory the temporary name is. A
// regular file may be there already; it stays until publish replaces it.
func createFile(path string) (*newFile, error) {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !strings.HasSuffix(path, "/"):
	case err == nil && !info.Mode().IsRegular():
		return nil, fmt.Errorf("create %s: it is there, and not a regular file", path)
	case err == nil:
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("create %s: the name of a file is expected, without a slash at its end", path)
	default:
		return nil, err
	}
	prefix := temporaryPrefix(path)
	removeStale(prefix)
	f, err := createTemporary(prefix)
	var e *fs.PathError
	if errors.As(err, &e) {
		e.Op, e.Path = "create", path // the name of the command line
	}
	if err != nil {
		return nil, err
	}
	return &newFile{f, path, f.Name()}, nil
}

// publish makes the file durable and then gives it its name.
func (f *newFile) publish() error {
	if err := f.Sync(); err != nil {
		return fmt.Errorf("write %s: %w", f.path, bare(err))
	}
	if err := os.Rename(f.current, f.path); err != nil {
		return fmt.Errorf("create %s: %w", f.path, bare(err))
	}
	f.current = f.path
	if err := errors.Join(files.Sync(filepath.Dir(f.path)), f.Close()); err != nil {
		return err
	}
	f.current = ""
	return nil
}

// discard removes the file unless it was published. Callers defer it.
func (f *newFile) discard() {
	if f.current != "" {
		_ = os.Remove(f.current) // the first error is reported
		_ = f.Close()
	}
}

// Write writes to the file. Errors have the name of the command line.
func (f *newFile) Write(p []byte) (int, error) {
	n, err := f.File.Write(p)
	if err != nil {
		err = fmt.Errorf("write %s: %w", f.path, bare(err))
	}
	return n, err
}

// bare returns an error without its file names.
func bare(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}
