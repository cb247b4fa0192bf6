package erofs

import (
	"errors"
	"io/fs"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/erofs/internal/disk"
	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// Lookup finds the inode at path. It reads little more than the blocks of directories that lead to
// it. Leading, trailing and repeated slashes do not matter; "." and ".." are not found, and
// symlinks not followed. The Dir of a directory has no entries; it may be nil.
//
// The error wraps [fs.ErrNotExist] if the image has no such path.
func (m *Image) Lookup(path string) (*tree.Inode, error) {
	r := m.newReader(disk.BlockSize)
	n, err := r.lookupPath(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &fs.PathError{Op: "lookup", Path: path, Err: fs.ErrNotExist}
	}
	return n, err
}

func (r *reader) lookupPath(path string) (*tree.Inode, error) {
	rec, err := r.record(uint64(r.super.RootNid))
	if err != nil {
		return nil, err
	}
	var parent *record
	name := ""
	for path = strings.Trim(path, "/"); path != ""; path = strings.TrimLeft(path, "/") {
		name, path, _ = strings.Cut(path, "/")
		if !rec.isDir() || name == "." || name == ".." {
			return nil, fs.ErrNotExist
		}
		above := rec
		nid, err := r.lookup(&above, name)
		if err != nil {
			return nil, err
		}
		if rec, err = r.record(nid); err != nil {
			return nil, err
		}
		parent = &above
	}
	n, err := r.decode(&rec)
	if err != nil {
		return nil, err
	}
	r.unmark(n)
	if parent == nil {
		return n, nil
	}
	if parent.nid == uint64(r.super.RootNid) && isGenerated(name, n) {
		return nil, fs.ErrNotExist
	}
	dir, err := r.decode(parent)
	if err != nil {
		return nil, err
	}
	reveal(n, r.unmark(dir))
	return n, nil
}
