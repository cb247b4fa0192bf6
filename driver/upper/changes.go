//go:build linux

package upper

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/containers/storage/pkg/archive"
	"golang.org/x/sys/unix"
)

// Changes returns the changes that an upper directory makes to the layers below it, which are
// directories, top first. It replaces archive.OverlayChanges of containers/storage, which fails if a
// directory has replaced a file, follows symlinks out of the layer, and reports a directory as changed
// if its size differs, as it does on EROFS.
//
// merged is a mount of all layers. Changes lists renamed directories there, because the upper directory
// lacks most of their entries. merged may be "" if there are none: see [Redirects].
func Changes(upper, merged string, below []string) (list []archive.Change, err error) {
	listed := map[string]bool{}
	add := func(path string, kind archive.ChangeType) {
		listed[path] = true
		list = append(list, archive.Change{Path: path, Kind: kind})
	}
	err = filepath.WalkDir(upper+"/.", func(name string, e fs.DirEntry, err error) error { // the dot follows a symlink
		if err != nil {
			return err
		}
		path := name[len(upper):]
		if path == "/." {
			return nil
		}
		kind, err := changeOf(upper, path, e, below)
		if err != nil || kind == unchanged {
			return err
		}
		if kind != archive.ChangeModify {
			addParents(path, listed, add)
		}
		add(path, kind)
		if !e.IsDir() || merged == "" {
			return nil
		}
		redirected, err := hasXattr(name, redirectXattr)
		if err == nil && redirected {
			err = addAll(merged, path, add)
		}
		if err == nil && redirected {
			err = fs.SkipDir
		}
		return err
	})
	return list, err
}

// addAll adds everything below a directory.
func addAll(root, dir string, add func(string, archive.ChangeType)) error {
	return filepath.WalkDir(root+dir, func(name string, _ fs.DirEntry, err error) error {
		if path := name[len(root):]; err == nil && path != dir {
			add(path, archive.ChangeAdd)
		}
		return err
	})
}

// addParents adds the directories above a name that comes or goes, the upper ones first.
func addParents(path string, listed map[string]bool, add func(string, archive.ChangeType)) {
	dir := filepath.Dir(path)
	if dir == "/" {
		return
	}
	addParents(dir, listed, add)
	if !listed[dir] {
		add(dir, archive.ChangeModify)
	}
}

// unchanged is the kind of a directory that was copied up without a change.
const unchanged = archive.ChangeType(-1)

func changeOf(upper, path string, e fs.DirEntry, below []string) (archive.ChangeType, error) {
	now, err := e.Info()
	if err != nil {
		return unchanged, err
	}
	if isWhiteout(now) {
		return archive.ChangeDelete, nil
	}
	was, err := lookupBelow(below, path)
	switch {
	case err != nil:
		return unchanged, err
	case was == nil:
		return archive.ChangeAdd, nil
	case !now.IsDir():
		return archive.ChangeModify, nil
	}
	opaque, err := isOpaque(upper + path)
	switch {
	case err != nil:
		return unchanged, err
	case opaque:
		return archive.ChangeDelete, nil
	case was.IsDir() && was.Mode() == now.Mode() && sameTime(was.ModTime(), now.ModTime()):
		return unchanged, nil
	}
	return archive.ChangeModify, nil
}

// lookupBelow returns the file that a stack of layers shows at a path, nil if there is none.
func lookupBelow(layers []string, path string) (fs.FileInfo, error) {
	for _, layer := range layers {
		info, last, err := lookupIn(layer, path)
		if err != nil || info != nil || last {
			return info, err
		}
	}
	return nil, nil
}

// lookupIn returns the file of a layer at a path, nil if there is none. last reports that the layer
// hides the layers below at that path.
func lookupIn(layer, path string) (info fs.FileInfo, last bool, err error) {
	for end := 1; end <= len(path); end++ {
		if end < len(path) && path[end] != '/' {
			continue
		}
		at := layer + path[:end]
		info, err = os.Lstat(at)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, last, nil
		case err != nil:
			return nil, false, err
		case isWhiteout(info), end < len(path) && !info.IsDir():
			return nil, true, nil
		}
		if info.IsDir() && !last {
			if last, err = isOpaque(at); err != nil {
				return nil, false, err
			}
		}
	}
	return info, last, nil
}

func isWhiteout(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && info.Mode()&fs.ModeCharDevice != 0 && st.Rdev == 0
}

func isOpaque(dir string) (bool, error) {
	var value [2]byte
	n, err := unix.Lgetxattr(dir, opaqueXattr, value[:])
	switch {
	case err == nil:
		return string(value[:n]) == "y", nil
	case errors.Is(err, unix.ENODATA), errors.Is(err, unix.ENOTSUP), errors.Is(err, unix.ERANGE): // none, or another value
		return false, nil
	}
	return false, &os.PathError{Op: "read xattr " + opaqueXattr + " of", Path: dir, Err: err}
}

// opaqueXattr is user.overlay.opaque in a user namespace, where overlays have the option userxattr.
var opaqueXattr = archive.GetOverlayXattrName("opaque")

// sameTime compares times as archive.OverlayChanges does: nanoseconds may be missing.
func sameTime(a, b time.Time) bool {
	return a.Equal(b) || a.Unix() == b.Unix() && (a.Nanosecond() == 0 || b.Nanosecond() == 0)
}
