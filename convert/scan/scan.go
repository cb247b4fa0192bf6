//go:build linux

package scan

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"

	"golang.org/x/sync/errgroup"

	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Options control [Dir]. The zero value reads everything.
type Options struct {
	Epoch       bool // all mtimes are 0
	SkipDevices bool // leave out character and block devices, whiteouts too
	SkipXattrs  bool
	UserXattrs  bool   // only xattrs named user.*; excludes SkipXattrs
	HardLinks   bool   // several names of a file become one inode
	DigestStore string // directory for objects, "" for none
	Threads     int    // for reading contents; 0 means one for each CPU
}

// Dir reads the tree below path. As in mkcomposefs it does not detect hard links unless opts.HardLinks is
// set: every name becomes an inode of its own. If opts.DigestStore is set, Dir copies every file that is not inline
// there as an object.
//
// Errors are of type *[fs.PathError] and name the file. The error is ENOTDIR if path is not a
// directory; a symlink to a directory is none.
func Dir(ctx context.Context, path string, opts Options) (*tree.Tree, error) {
	if opts.SkipXattrs && opts.UserXattrs {
		return nil, &fs.PathError{Op: "scan", Path: path, Err: syscall.EINVAL}
	}
	s := scanner{opts: opts, linked: map[place]*tree.Inode{}}
	root, err := s.inode(path)
	if err != nil {
		return nil, err
	}
	if !root.IsDir() {
		return nil, &fs.PathError{Op: "scan", Path: path, Err: syscall.ENOTDIR}
	}
	if err := s.dir(ctx, path, root); err != nil {
		return nil, err
	}
	if err := s.contents(ctx); err != nil {
		return nil, err
	}
	t := &tree.Tree{Root: root}
	t.Relink()
	return t, nil
}

type scanner struct {
	opts   Options
	files  []file
	linked map[place]*tree.Inode // files with several names
}

// place is the device and the number of an inode.
type place struct{ device, number uint64 }

// file is a regular file whose content must be read.
type file struct {
	path  string
	inode *tree.Inode
}

// dir reads a directory recursively.
func (s *scanner) dir(ctx context.Context, path string, n *tree.Inode) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	names, err := os.ReadDir(path)
	if err != nil {
		return err
	}
	for _, e := range names {
		childPath := filepath.Join(path, e.Name())
		child, err := s.inode(childPath)
		if err != nil {
			return err
		}
		if t := child.Type(); s.opts.SkipDevices && (t == tree.TypeChar || t == tree.TypeBlock) {
			continue
		}
		if err := n.Dir.Add(tree.Entry{Name: e.Name(), Inode: child}); err != nil {
			return &fs.PathError{Op: "scan", Path: childPath, Err: err}
		}
		if child.IsDir() {
			if err := s.dir(ctx, childPath, child); err != nil {
				return err
			}
		}
	}
	return nil
}

// inode reads the metadata of a file: lstat, readlink and xattrs.
func (s *scanner) inode(path string) (*tree.Inode, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	st := info.Sys().(*syscall.Stat_t)
	several := s.opts.HardLinks && st.Nlink > 1 && !info.IsDir()
	at := place{uint64(st.Dev), st.Ino} //nolint:unconvert // narrower on some architectures
	if n := s.linked[at]; n != nil {
		return n, nil
	}
	n := &tree.Inode{
		Mode: uint32(st.Mode), Nlink: 1, UID: st.Uid, GID: st.Gid, //nolint:unconvert // narrower on some architectures
		MtimeSec: int64(st.Mtim.Sec), MtimeNsec: uint32(st.Mtim.Nsec), //nolint:unconvert // narrower on some architectures
	}
	if several {
		s.linked[at], n.Nlink = n, uint32(st.Nlink)
	}
	if s.opts.Epoch {
		n.MtimeSec, n.MtimeNsec = 0, 0
	}
	switch n.Type() {
	case tree.TypeDir:
		n.Dir = new(tree.Dir)
	case tree.TypeRegular:
		n.Size = uint64(st.Size)
		if n.Size > 0 {
			s.files = append(s.files, file{path, n})
		}
	case tree.TypeSymlink:
		if n.Payload, err = os.Readlink(path); err != nil {
			return nil, err
		}
		n.Size = uint64(len(n.Payload))
	case tree.TypeChar, tree.TypeBlock:
		n.Rdev = uint32(st.Rdev)
	}
	if !s.opts.SkipXattrs {
		n.Xattrs, err = xattrs(path, s.opts.UserXattrs)
	}
	return n, err
}

// contents reads all regular files, several at a time. Each writes to its own
// inode, so the result does not depend on their order.
func (s *scanner) contents(ctx context.Context) error {
	threads := s.opts.Threads
	if threads == 0 {
		threads = runtime.NumCPU()
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(threads)
	for _, f := range s.files {
		if ctx.Err() != nil {
			break
		}
		group.Go(func() error { return s.content(f) })
	}
	return group.Wait()
}

// content reads one file. It inlines a small one, and hashes and stores others.
func (s *scanner) content(f file) error {
	in, err := os.Open(f.path)
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // open for reading
	if f.inode.Size <= tree.InlineMax {
		content, err := io.ReadAll(io.LimitReader(in, tree.InlineMax+1))
		if err != nil {
			return err
		}
		f.inode.Content = string(content)
		return f.checkSize(uint64(len(content)))
	}
	digest, size, err := verity.SHA256.SumReader(in)
	if err != nil {
		return err
	}
	if err := f.checkSize(uint64(size)); err != nil {
		return err
	}
	f.inode.Digest = digest
	f.inode.Payload = tree.ByDigest
	if s.opts.DigestStore == "" {
		return nil
	}
	return store(s.opts.DigestStore, in, digest)
}

var errChanged = errors.New("file changed while it was read")

func (f *file) checkSize(size uint64) error {
	if size == f.inode.Size {
		return nil
	}
	return &fs.PathError{Op: "read", Path: f.path, Err: fmt.Errorf("%w: %d bytes, was %d", errChanged, size, f.inode.Size)}
}
