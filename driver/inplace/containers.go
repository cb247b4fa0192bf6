//go:build linux

package inplace

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/driver/store/catalog"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// A stopped container works on the converted layer too, because its upper directory refers to lower
// files by name. overlayfs ignores the xattrs with the origin of a copied-up file if the lower layer is
// on another file system.
//
// Metacopy files need the option metacopy=on. The stock driver makes them if mountopt has that option,
// and mounts of composefs have it only for containers with a mark.

// markContainers marks the containers on a layer that have metacopy files.
func (c *Converter) markContainers(l chain.Layer) error {
	containers, err := catalog.Containers(c.stores.Primary, c.runRoot)
	if err != nil {
		return err
	}
	for _, container := range containers {
		below, err := c.isBelow(l, container.Layer)
		if err != nil {
			return err
		}
		if !below {
			continue
		}
		upper, err := c.stores.Find(container.Layer)
		if err != nil {
			return err
		}
		if upper.Composefs {
			continue
		}
		found, err := hasMetacopyFiles(upper.Diffs[0])
		if err == nil && found {
			err = os.WriteFile(upper.MetacopyMark(), nil, 0o600)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// hasMetacopyFiles reports whether a directory contains metacopy files.
func hasMetacopyFiles(dir string) (bool, error) {
	err := eachMetacopyFile(dir, func(string) error { return errFound })
	if errors.Is(err, errFound) {
		return true, nil
	}
	return false, err
}

var errFound = errors.New("found")

// eachMetacopyFile calls fn with the path of each metacopy file in a directory, until fn returns an
// error.
func eachMetacopyFile(dir string, fn func(path string) error) error {
	return eachWithXattr(dir, 0, "trusted.overlay.metacopy", fn)
}

// eachWithXattr calls fn with the path of each file of a type in a directory that has an xattr, until
// fn returns an error.
func eachWithXattr(dir string, of fs.FileMode, xattr string, fn func(path string) error) error {
	return filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.Type() != of {
			return err
		}
		switch _, err := unix.Lgetxattr(path, xattr, nil); {
		case err == nil:
			return fn(path)
		case errors.Is(err, unix.ENODATA), errors.Is(err, unix.ENOTSUP):
			return nil
		default:
			return &os.PathError{Op: "getxattr", Path: path, Err: err}
		}
	})
}
