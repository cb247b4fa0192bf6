//go:build linux

package inplace

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// likeBefore copies the entries of the layer's directory old, apart from its content, to dir: files
// such as link and lower, and empty directories such as merged and work.
func likeBefore(dir, old string) error {
	entries, err := os.ReadDir(old)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := e.Name()
		if chain.IsContent(name) {
			continue
		}
		if err := entryLike(filepath.Join(dir, name), filepath.Join(old, name), e); err != nil {
			return err
		}
	}
	var st unix.Stat_t
	if err := unix.Stat(old, &st); err != nil {
		return &os.PathError{Op: "stat", Path: old, Err: err}
	}
	return files.SetOwner(dir, st.Uid, st.Gid, st.Mode)
}

func entryLike(name, old string, e fs.DirEntry) error {
	var err error
	switch {
	case e.IsDir():
		err = os.Mkdir(name, 0o700)
	case e.Type().IsRegular():
		var data []byte
		if data, err = os.ReadFile(old); err == nil {
			err = os.WriteFile(name, data, 0o600)
		}
	default:
		return nil
	}
	var st unix.Stat_t
	if err = errors.Join(err, unix.Stat(old, &st)); err != nil {
		return &os.PathError{Op: "make", Path: name, Err: err}
	}
	return files.SetOwner(name, st.Uid, st.Gid, st.Mode)
}

// tidyUp removes the old directory of a converted layer. Then it gives objects that only this layer and
// the pool have the owner and mode of objects. A failure is harmless: it leaves garbage, or objects
// with other metadata, which no mount shows.
func (s *staged) tidyUp(context.Context) {
	if os.RemoveAll(s.next.Dir()) != nil {
		return
	}
	type object struct {
		path         string
		links, names uint64
	}
	odd := map[uint64]*object{}
	_ = filepath.WalkDir(s.files.dir+"/.", func(path string, e fs.DirEntry, err error) error {
		var st unix.Stat_t
		if err != nil || !e.Type().IsRegular() || unix.Lstat(path, &st) != nil {
			return nil //nolint:nilerr // see above
		}
		if odd[st.Ino] == nil {
			odd[st.Ino] = &object{path: path, links: uint64(st.Nlink)} //nolint:unconvert // narrower on some architectures
		}
		odd[st.Ino].names++
		return nil
	})
	for _, o := range odd {
		if o.links != o.names+1 { // 1 is the link of the pool
			continue
		}
		dropXattrs(o.path)
		_ = files.SetOwner(o.path, 0, 0, 0o600)
	}
}

// dropXattrs removes the xattrs of an object except for the SELinux label.
func dropXattrs(path string) {
	var buf [1 << 12]byte
	n, err := unix.Llistxattr(path, buf[:])
	if err != nil {
		return
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(buf[:n]), "\x00"), "\x00") {
		if name != "" && name != "security.selinux" {
			_ = unix.Lremovexattr(path, name)
		}
	}
}
