//go:build linux

package images

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// OpenIn opens a regular file below a directory. It resolves symlinks, also absolute ones, as if the
// directory were the root.
func OpenIn(dir, name string) (*os.File, error) {
	d, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer d.Close() //nolint:errcheck // open for reading
	how := unix.OpenHow{Flags: unix.O_RDONLY | unix.O_NONBLOCK | unix.O_CLOEXEC, Resolve: unix.RESOLVE_IN_ROOT | unix.RESOLVE_NO_MAGICLINKS}
	fd, err := unix.Openat2(int(d.Fd()), filepath.Clean("/"+name), &how)
	if err != nil {
		return nil, &os.PathError{Op: "openat2", Path: filepath.Join(dir, name), Err: err}
	}
	f := os.NewFile(uintptr(fd), name)
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &os.PathError{Op: "open", Path: filepath.Join(dir, name), Err: fs.ErrNotExist}
	}
	if err != nil {
		return nil, files.WithCleanup(err, f.Close())
	}
	return f, nil
}

// maxSymlinks limits the symlinks in a path: MAXSYMLINKS of Linux.
const maxSymlinks = 40

// Lookup returns the inode of an entry of the layer's tar. It follows symlinks in parent directories
// inside the layer, as the conversion of the tar did.
func Lookup(image *erofs.Finder, name string) (*tree.Inode, error) {
	path := filepath.Clean("/" + name)
	n, err := image.Lookup(path)
	if errors.Is(err, fs.ErrNotExist) {
		return follow(image, path)
	}
	return n, err
}

// follow is Lookup for a path that may contain symlinks.
func follow(image *erofs.Finder, path string) (*tree.Inode, error) {
	todo := strings.Split(path, "/")[1:]
	at, links := "", 0
	for len(todo) > 0 {
		next := todo[0]
		todo = todo[1:]
		switch next {
		case "", ".":
			continue
		case "..":
			at = filepath.Dir("/" + at)[1:]
			continue
		}
		path := filepath.Join(at, next)
		n, err := image.Lookup(path)
		if err != nil || len(todo) == 0 {
			return n, err
		}
		if n.Type() != tree.TypeSymlink {
			at = path
			continue
		}
		if links++; links > maxSymlinks {
			return nil, fs.ErrNotExist
		}
		if strings.HasPrefix(n.Payload, "/") {
			at = ""
		}
		todo = append(strings.Split(n.Payload, "/"), todo...)
	}
	return nil, fs.ErrNotExist
}
