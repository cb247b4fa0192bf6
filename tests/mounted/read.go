//go:build linux

package mounted

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// Options list what [Read] ignores. The zero value ignores nothing.
type Options struct {
	// SkipContent selects the regular files whose content is not read. It is
	// called when the inode is complete but for that.
	SkipContent func(*tree.Inode) bool

	// SkipXattrs leaves out xattrs that are listed but cannot be read. Otherwise
	// they are errors.
	SkipXattrs bool

	// SkipGhosts leaves out names that are listed but missing: overlayfs lists
	// the whiteouts of a directory that it merges with no other. Otherwise they are
	// errors.
	SkipGhosts bool
}

// Read returns what dir shows: names, types, modes, owners, modification times,
// link counts, device numbers, targets, all xattrs, and the contents of files. Names
// of one file, by st_dev and st_ino, share an inode. It changes nothing but access
// times.
func Read(dir string, opts Options) (*tree.Tree, error) {
	r := reader{opts, map[key]*tree.Inode{}, make([]byte, 1<<16)}
	root, err := r.inode(dir, "/")
	if err != nil {
		return nil, err
	}
	return &tree.Tree{Root: root}, nil
}

// key identifies a file.
type key struct{ dev, ino uint64 }

type reader struct {
	opts Options
	seen map[key]*tree.Inode // all but directories
	buf  []byte              // XATTR_LIST_MAX and XATTR_SIZE_MAX
}

// inode reads one file and everything below it. It is opened by at; path is its name in
// errors.
func (r *reader) inode(at, path string) (*tree.Inode, error) {
	var st unix.Stat_t
	if err := unix.Lstat(at, &st); err != nil {
		return nil, &os.PathError{Op: "lstat", Path: path, Err: err}
	}
	k := key{st.Dev, st.Ino}
	if n, ok := r.seen[k]; ok {
		return n, nil
	}
	n := &tree.Inode{
		Mode: st.Mode, Nlink: uint32(st.Nlink), UID: st.Uid, GID: st.Gid, Rdev: uint32(st.Rdev),
		MtimeSec: int64(st.Mtim.Sec), MtimeNsec: uint32(st.Mtim.Nsec), //nolint:unconvert // narrower on some architectures
	}
	err := r.xattrs(at, n)
	switch {
	case err != nil:
	case n.IsDir():
		n.Dir = new(tree.Dir)
		return n, r.entries(at, path, n.Dir)
	case n.Type() == tree.TypeRegular:
		n.Size = uint64(st.Size)
		err = r.content(at, n)
	case n.Type() == tree.TypeSymlink:
		n.Payload, err = os.Readlink(at)
	}
	if err != nil {
		return nil, fmt.Errorf("%q: %w", path, err)
	}
	r.seen[k] = n
	return n, nil
}

func (r *reader) content(at string, n *tree.Inode) error {
	if r.opts.SkipContent != nil && r.opts.SkipContent(n) {
		return nil
	}
	content, err := os.ReadFile(at)
	if err == nil && uint64(len(content)) != n.Size {
		err = fmt.Errorf("read %d bytes of %d", len(content), n.Size)
	}
	n.Content = string(content)
	return err
}

func (r *reader) entries(at, path string, d *tree.Dir) error {
	f, err := os.Open(at)
	if err != nil {
		return fmt.Errorf("%q: %w", path, err)
	}
	defer f.Close() //nolint:errcheck // open for reading
	names, err := f.Readdirnames(-1)
	if err != nil {
		return fmt.Errorf("%q: %w", path, err)
	}
	for _, name := range names {
		// The whole path may be longer than a system call takes.
		child := fmt.Sprintf("/proc/self/fd/%d/%s", f.Fd(), name)
		known := len(r.seen)
		n, err := r.inode(child, strings.TrimSuffix(path, "/")+"/"+name)
		if r.opts.SkipGhosts && errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		link := !n.IsDir() && len(r.seen) == known
		if err := d.Add(tree.Entry{Name: name, Inode: n, Link: link}); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) xattrs(at string, n *tree.Inode) error {
	size, err := unix.Llistxattr(at, r.buf)
	if err != nil {
		return fmt.Errorf("llistxattr: %w", err)
	}
	for name := range strings.SplitSeq(string(r.buf[:size]), "\x00") {
		if name == "" {
			continue // after the last one, or a name that no call can ask for
		}
		got, err := unix.Lgetxattr(at, name, r.buf)
		switch {
		case err == nil:
			n.Xattrs = n.Xattrs.With(name, string(r.buf[:got]))
		case !r.opts.SkipXattrs:
			return fmt.Errorf("lgetxattr %q: %w", name, err)
		}
	}
	return nil
}
