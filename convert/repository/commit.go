//go:build linux

package repository

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Commit gives staged objects their names, and makes the names of images and streams. It works in the
// order that leaves a sound repository after a power cut at any instant: contents, objects, images,
// streams, refs. New objects get fs-verity where file system and kernel support it; sealed is their
// number. Hard links are left as their store has them.
func (r *Repository) Commit() (sealed int, err error) {
	if err := r.syncfs(); err != nil {
		return 0, err
	}
	for _, digest := range r.staged {
		path := filepath.Join(r.dir, objectPath(digest))
		if err := os.Rename(filepath.Join(r.staging, digest), path); err != nil {
			return sealed, err
		}
		ok, err := r.seal(path)
		if err != nil {
			return sealed, err
		}
		if ok {
			sealed++
		}
	}
	r.staged = nil
	for _, refs := range []bool{false, true} {
		if err := r.syncfs(); err != nil {
			return sealed, err
		}
		if err := r.link(refs); err != nil {
			return sealed, err
		}
	}
	return sealed, r.syncfs()
}

// syncfs makes all that was written durable.
func (r *Repository) syncfs() error {
	if err := unix.Syncfs(int(r.lock.Fd())); err != nil {
		return &os.PathError{Op: "syncfs", Path: r.dir, Err: err}
	}
	return nil
}

// seal enables fs-verity for a file, and reports false where that is not supported.
func (r *Repository) seal(path string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	err = r.algorithm.Enable(f)
	if verity.Absent(err) {
		return false, f.Close()
	}
	return err == nil, files.WithCleanup(err, f.Close())
}

// link makes the symlinks of images and streams, or with refs those that keep them.
func (r *Repository) link(refs bool) error {
	for _, n := range r.names {
		if isRef(n.path) != refs {
			continue
		}
		if err := replaceLink(n.target, filepath.Join(r.dir, n.path)); err != nil {
			return err
		}
	}
	return nil
}

func isRef(path string) bool { return strings.Contains(path, "/refs/") }

// replaceLink makes a symlink, in one step for readers if it replaces another one.
func replaceLink(target, path string) error {
	if now, err := os.Readlink(path); err == nil && now == target {
		return nil
	}
	next := path + ".new"
	if err := os.Remove(next); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := os.Symlink(target, next); err != nil {
		return err
	}
	return os.Rename(next, path)
}
