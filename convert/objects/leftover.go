package objects

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// leftovers are the remains of crashes: layers in the staging area, and temporary names.
type leftovers struct {
	count   int
	files   map[inode]*leftover
	objects []verity.Digest // of which names in the staging area have the form
}

// inode identifies a file.
type inode struct{ dev, ino uint64 }

// leftover is a file with names that were left over.
type leftover struct {
	size         int64
	links, names uint64 // all of its names, and the leftover ones
}

// leftovers finds the files that a collection removes first.
func (p *Reader) leftovers(ctx context.Context) (*leftovers, error) {
	l := &leftovers{files: map[inode]*leftover{}}
	staged, err := readNames(unix.AT_FDCWD, p.staging())
	if files.IgnoreMissing(err) != nil {
		return nil, err
	}
	for _, name := range staged {
		l.count++
		if err := l.addTree(ctx, filepath.Join(p.staging(), name)); err != nil {
			return nil, err
		}
	}
	for _, dir := range []string{p.images(), filepath.Join(p.path, "objects")} {
		names, err := readNames(unix.AT_FDCWD, dir)
		if files.IgnoreMissing(err) != nil {
			return nil, err
		}
		for _, name := range names {
			if !strings.HasPrefix(name, temporaryPrefix) {
				continue
			}
			l.count++
			if err := l.add(filepath.Join(dir, name)); err != nil {
				return nil, err
			}
		}
	}
	return l, nil
}

// addTree adds the regular files at and below a path.
func (l *leftovers) addTree(ctx context.Context, path string) error {
	return filepath.WalkDir(path, func(name string, e fs.DirEntry, err error) error {
		if err = errors.Join(ctx.Err(), err); err != nil || !e.Type().IsRegular() {
			return files.IgnoreMissing(err) // removed during the walk
		}
		if d, err := parsePath(filepath.Base(filepath.Dir(name)) + "/" + e.Name()); err == nil {
			l.objects = append(l.objects, d)
		}
		return l.add(name)
	})
}

// add adds a name of a file, unless it is missing.
func (l *leftovers) add(name string) error {
	var st unix.Stat_t
	if err := unix.Lstat(name, &st); err != nil {
		return files.IgnoreMissing(&fs.PathError{Op: "lstat", Path: name, Err: err})
	}
	id := inode{st.Dev, st.Ino}
	f := l.files[id]
	if f == nil {
		f = &leftover{size: st.Size, links: uint64(st.Nlink)} //nolint:unconvert // narrower on some architectures
		l.files[id] = f
	}
	f.names++
	return nil
}

// linksLeft returns the number of names that a file would keep.
func (l *leftovers) linksLeft(st *unix.Stat_t) uint64 {
	links := uint64(st.Nlink) //nolint:unconvert // narrower on some architectures
	if f := l.files[inode{st.Dev, st.Ino}]; f != nil {
		links -= min(links, f.names)
	}
	return links
}

// bytes returns the length of the files that have no other names.
func (l *leftovers) bytes() (sum int64) {
	for _, f := range l.files {
		if f.names >= f.links {
			sum += f.size
		}
	}
	return sum
}
