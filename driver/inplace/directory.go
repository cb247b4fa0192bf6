//go:build linux

package inplace

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
)

// likeBefore gives dir what the layer in directory old has beside its content: files, as
// link and lower, and empty directories, as merged and work.
func likeBefore(dir, old string) error {
	entries, err := os.ReadDir(old)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := e.Name()
		if name == "diff" || name == "composefs-data" || strings.HasPrefix(name, "merged.") {
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

// tidyUp removes what the layer was, and gives its objects the owner and mode of objects
// where nobody else has them under a name of another meaning. If that fails, what is left
// is harmless: garbage, and objects with metadata that means nothing.
func (s *staged) tidyUp() {
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
		if odd[st.Ino] == nil { // most of them may be, those of stock composefs that were adopted too
			odd[st.Ino] = &object{path: path, links: uint64(st.Nlink)} //nolint:unconvert // narrower on some architectures
		}
		odd[st.Ino].names++
		return nil
	})
	for _, o := range odd {
		if o.links != o.names+1 { // the pool's
			continue
		}
		dropXattrs(o.path)
		_ = files.SetOwner(o.path, 0, 0, 0o600)
	}
}

// dropXattrs removes the xattrs of an object but for the label that the host gives.
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
