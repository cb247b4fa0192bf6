//go:build linux

package upper

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"golang.org/x/sys/unix"
)

// The xattrs by which overlayfs marks an upper directory. The entries of a directory with a redirect
// are in a lower layer, under the directory's old name. The contents of a metacopy file are in a lower
// layer, because only its metadata has changed. Source: overlayfs.rst of the kernel.
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

// Redirects are the parts of an upper directory whose contents are in lower layers.
type Redirects struct {
	Dirs     []string // renamed directories, relative to the upper directory, none below another
	Metacopy bool     // there are metacopy files outside Dirs
}

// FindRedirects walks an upper directory.
func FindRedirects(upper string) (r Redirects, err error) {
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
			r.Dirs = append(r.Dirs, strings.TrimPrefix(name, upper+"/"))
			return fs.SkipDir
		case e.Type().IsRegular():
			metacopy, err := hasXattr(name, metacopyXattr)
			r.Metacopy = r.Metacopy || metacopy
			return err
		}
		return nil
	})
	return r, err
}

// excludedMax limits the number of directories that [Tar] excludes by patterns, because package
// archive compares each entry of the upper directory with each pattern.
const excludedMax = 50

// Excludable reports whether [Tar] can exclude the directories: their patterns must be UTF-8,
// and package archive drops spaces at the ends of a pattern.
func (r Redirects) Excludable() bool {
	for _, dir := range r.Dirs {
		if !utf8.ValidString(dir) || strings.TrimSpace(dir) != dir {
			return false
		}
	}
	return len(r.Dirs) <= excludedMax
}

// patterns returns the directories as ExcludePatterns of package archive, which become
// regular expressions.
func (r Redirects) patterns() (list []string) {
	for _, dir := range r.Dirs {
		var b strings.Builder
		for _, c := range dir {
			if c < utf8.RuneSelf && c != '/' && !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9') {
				b.WriteByte('\\')
			}
			b.WriteRune(c)
		}
		list = append(list, b.String())
	}
	return list
}
