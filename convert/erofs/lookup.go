package erofs

import (
	"errors"
	"fmt"
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
	return m.finder(disk.BlockSize).Lookup(path)
}

// Finder looks up one path after the other. It keeps the directories that lead to the last path, and
// parts of the image, so paths in the order of a tar cost few reads. It may keep twice as much memory
// as a single operation on the image. It may not be used concurrently.
type Finder struct {
	reader *reader
	least  int       // minimum number of bytes of a read
	spent  int64     // the memory that lookups have charged to reader
	way    []wayside // the directories that lead to the last path, the root first
}

// wayside is a directory on the way to a path.
type wayside struct {
	name   string // in the directory above
	record record
	marked bool // holds escaped whiteouts
}

// Finder returns a finder of paths in the image.
func (m *Image) Finder() *Finder { return m.finder(streamWindow) }

func (m *Image) finder(least int) *Finder {
	return &Finder{reader: m.newReader(least), least: least}
}

// Lookup is [Image.Lookup].
func (f *Finder) Lookup(path string) (*tree.Inode, error) {
	size := f.reader.size
	if f.spent > size {
		f.reader, f.spent = f.reader.newReader(f.least), 0
	}
	f.reader.left = size // each lookup is an operation
	n, err := f.find(strings.Trim(path, "/"))
	f.spent += size - f.reader.left
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &fs.PathError{Op: "lookup", Path: path, Err: fs.ErrNotExist}
	}
	return n, err
}

// find finds a path without a slash at its ends.
func (f *Finder) find(path string) (*tree.Inode, error) {
	slash := strings.LastIndexByte(path, '/')
	if err := f.enter(path[:max(slash, 0)]); err != nil {
		return nil, err
	}
	if path == "" {
		root, err := f.reader.decode(&f.way[0].record)
		if err == nil {
			f.reader.unmark(root)
		}
		return root, err
	}
	dir, name := f.way[len(f.way)-1], path[slash+1:]
	_, n, err := f.entry(dir, name)
	if err != nil {
		return nil, err
	}
	if len(f.way) == 1 && isGenerated(name, n) {
		return nil, fs.ErrNotExist
	}
	f.reader.unmark(n)
	reveal(n, dir.marked)
	return n, nil
}

// enter makes the way lead to a directory.
func (f *Finder) enter(dir string) error {
	if len(f.way) == 0 {
		rec, err := f.reader.record(uint64(f.reader.super.RootNid))
		if err != nil {
			return err
		}
		n, err := f.reader.decode(&rec)
		if err != nil {
			return err
		}
		if !n.IsDir() {
			return fmt.Errorf("%w: the root has mode %#o", ErrCorrupt, n.Mode)
		}
		f.way = append(f.way, wayside{"", rec, f.reader.unmark(n)})
	}
	depth := 1
	for name := range strings.SplitSeq(dir, "/") {
		if name == "" {
			continue
		}
		if depth == len(f.way) || f.way[depth].name != name {
			f.way = f.way[:depth]
			rec, n, err := f.entry(f.way[depth-1], name)
			if err != nil {
				return err
			}
			if !n.IsDir() {
				return fs.ErrNotExist
			}
			f.way = append(f.way, wayside{strings.Clone(name), rec, f.reader.unmark(n)})
		}
		depth++
	}
	f.way = f.way[:depth]
	return nil
}

// entry reads the inode of an entry of a directory.
func (f *Finder) entry(dir wayside, name string) (record, *tree.Inode, error) {
	if name == "." || name == ".." {
		return record{}, nil, fs.ErrNotExist
	}
	nid, err := f.reader.lookup(&dir.record, name)
	if err != nil {
		return record{}, nil, err
	}
	rec, err := f.reader.record(nid)
	if err != nil {
		return record{}, nil, err
	}
	n, err := f.reader.decode(&rec)
	return rec, n, err
}
