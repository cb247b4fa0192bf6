//go:build linux

package driver_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

func (m *mutator) rename() {
	from, to := m.file(anyKind), m.fresh()
	if m.oneIn(3) {
		to = m.file(anyKind)
	}
	if from != "" && m.redirectable(from) {
		m.do("rename "+from+" to "+to, func(root string) error { return unix.Rename(in(root, from), in(root, to)) })
	}
}

// copiesBadly reports whether cp makes something else of a directory: if a file in it has
// several names, or is listed and not there.
func (m *mutator) copiesBadly(dir string) bool {
	if slices.ContainsFunc(m.ghosts, func(name string) bool { return strings.HasPrefix(name, dir+"/") }) {
		return true
	}
	return slices.ContainsFunc(m.files, func(name string) bool {
		var st unix.Stat_t
		return strings.HasPrefix(name, dir+"/") && unix.Lstat(in(m.theirs, name), &st) == nil && st.Nlink > 1
	})
}

// inherits reports whether new files of a directory inherit something.
func (m *mutator) inherits(dir string) bool {
	var st unix.Stat_t
	_, err := unix.Lgetxattr(in(m.theirs, dir), "system.posix_acl_default", nil)
	return err == nil || unix.Lstat(in(m.theirs, dir), &st) != nil || st.Mode&unix.S_ISGID != 0
}

// renames reports whether stock renames a directory, to a name that is free.
func (m *mutator) renames(from, to string) bool {
	from, to = in(m.theirs, from), in(m.theirs, to)
	if _, err := os.Lstat(to); err == nil {
		return false
	}
	err := unix.Rename(from, to)
	if err == nil {
		must(m.t, unix.Rename(to, from))
	}
	return err != unix.EXDEV
}

func (m *mutator) renameDir() {
	from, to := m.dir(), m.fresh()
	if from == "" || m.wasFile(to) || !m.redirectable(from) {
		return
	}
	if _, err := os.Lstat(in(m.theirs, to)); m.copies && (err == nil || m.copiesBadly(from) || m.inherits(filepath.Dir(to))) {
		return // that would not be the same if it is copied
	}
	if m.alike && !m.renames(from, to) {
		return
	}
	m.do("rename directory "+from+" to "+to, func(root string) error {
		err := unix.Rename(in(root, from), in(root, to))
		if m.copies && err == unix.EXDEV {
			out, err := exec.Command("cp", "-a", in(root, from), in(root, to)).CombinedOutput()
			if err != nil {
				return fmt.Errorf("%s: %w", out, unix.EIO)
			}
			return os.RemoveAll(in(root, from))
		}
		return err
	})
}
