//go:build linux

package shared

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/files"
)

// listSuffix ends the names of the users' lists, which are files beside the directories of the images.
const listSuffix = ".images"

// userName returns the name of a user's records. It is a hash, because a user's path may be longer than
// a file name.
func userName(user string) string {
	sum := sha256.Sum256([]byte(user))
	return hex.EncodeToString(sum[:16])
}

func (m *Mounts) list(name string) string { return filepath.Join(m.dir, name+listSuffix) }

// listed returns the images in a user's list. The error wraps [os.ErrNotExist] if the user has none. The
// caller holds the lock.
func (m *Mounts) listed(name string) (dirs []imageDir, err error) {
	text, err := os.ReadFile(m.list(name))
	for dir := range strings.Lines(string(text)) {
		dirs = append(dirs, imageDir{filepath.Join(m.dir, strings.TrimSuffix(dir, "\n"))})
	}
	return dirs, err
}

// enlist adds an image to a user's list, so that Release need not look at all images. The caller holds the
// lock.
func (m *Mounts) enlist(name string, s imageDir) error {
	listed, err := m.listed(name)
	if err = files.IgnoreMissing(err); err != nil || slices.Contains(listed, s) {
		return err
	}
	f, err := os.OpenFile(m.list(name), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(filepath.Base(s.dir) + "\n")
	return errors.Join(err, f.Close())
}

// delist removes the list of a user without records. The caller holds the lock.
func (m *Mounts) delist(name string) error {
	listed, err := m.listed(name)
	if err != nil {
		return files.IgnoreMissing(err)
	}
	for _, s := range listed {
		if _, err := os.Lstat(s.user(name)); !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return remove(m.list(name))
}

// delistEnded removes the lists of users without records. The caller holds the lock.
func (m *Mounts) delistEnded() error {
	names, err := files.Names(m.dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		if name, ok := strings.CutSuffix(name, listSuffix); ok {
			if err := m.delist(name); err != nil {
				return err
			}
		}
	}
	return nil
}
