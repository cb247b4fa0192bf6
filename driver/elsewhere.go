//go:build linux

package driver

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"golang.org/x/sys/unix"
)

// What overlayfs marks in an upper directory: a directory that was renamed, whose entries
// are in a lower layer under the old name, and with metacopy=on a file of which only
// metadata was changed, whose content is in a lower layer.
const (
	redirectXattr = "trusted.overlay.redirect"
	metacopyXattr = "trusted.overlay.metacopy"
)

// hasXattr reports whether a file has an xattr.
func hasXattr(name, xattr string) (bool, error) {
	_, err := unix.Lgetxattr(name, xattr, nil)
	if errors.Is(err, unix.ENODATA) || errors.Is(err, unix.ENOTSUP) {
		return false, nil
	}
	if err != nil {
		return false, &os.PathError{Op: "read xattr " + xattr + " of", Path: name, Err: err}
	}
	return true, nil
}

// away is what an upper directory has only in part: the rest is in lower layers.
type away struct {
	dirs  []string // renamed ones, relative, none below another
	files bool     // whether there are files without contents outside of these
}

// elsewhere finds what an upper directory has only in part.
func elsewhere(upper string) (a away, err error) {
	err = filepath.WalkDir(upper, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		switch {
		case e.IsDir():
			redirected, err := hasXattr(name, redirectXattr)
			if err != nil || !redirected {
				return err
			}
			a.dirs = append(a.dirs, strings.TrimPrefix(name, upper+"/"))
			return fs.SkipDir
		case e.Type().IsRegular():
			metacopy, err := hasXattr(name, metacopyXattr)
			a.files = a.files || metacopy
			return err
		}
		return nil
	})
	return a, err
}

// dirsMax is how many directories are left out by patterns: each entry of the upper
// directory is compared with each.
const dirsMax = 50

// excludable reports whether patterns can say what the directories are called: they are
// UTF-8, and spaces at their ends are lost.
func (a away) excludable() bool {
	for _, dir := range a.dirs {
		if !utf8.ValidString(dir) || strings.TrimSpace(dir) != dir {
			return false
		}
	}
	return len(a.dirs) <= dirsMax
}

// patterns returns the directories as ExcludePatterns of package archive, which become
// regular expressions.
func (a away) patterns() (list []string) {
	for _, dir := range a.dirs {
		var b strings.Builder
		for _, r := range dir {
			if r < utf8.RuneSelf && r != '/' && !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9') {
				b.WriteByte('\\')
			}
			b.WriteRune(r)
		}
		list = append(list, b.String())
	}
	return list
}
