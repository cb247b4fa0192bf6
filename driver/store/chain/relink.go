package chain

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Relink is Chain for a layer that the stock driver handles next. Before containers/storage 1.63 that
// driver reads only LowerFile and the symlinks in l/; from 1.63 on it no longer restores lost
// symlinks, and cannot read an empty LowerLayersFile. Relink writes all of them where they do not lead
// to the chain and returns the paths that it has written. It does not write to read-only stores: if the
// stock driver would show another chain there, the error is a *LowerError. It does not sync, because
// the next call restores lost files again.
//
// The caller holds the lock of the layers.
func (s *Stores) Relink(id string) (c Chain, written []string, err error) {
	c, linked, err := s.read(id)
	if err == nil {
		written, err = c.fillLowerLayers()
	}
	if err != nil || linked {
		return c, written, err
	}
	var lower []string
	for _, l := range c[1:] {
		made, err := l.WriteLink()
		if err != nil {
			return nil, written, fmt.Errorf("layer %s: %w", l.ID, err)
		}
		if made != "" {
			written = append(written, made)
		}
		path, err := l.LinkPath()
		if err != nil {
			return nil, written, fmt.Errorf("layer %s: %w", l.ID, err)
		}
		lower = append(lower, ShortName(filepath.Base(path)))
	}
	made, err := c[0].writeLower(strings.Join(lower, ":"))
	if errors.Is(err, errReadOnly) && c.Composefs() { // the stock driver does not mount it
		return c, written, nil
	}
	if errors.Is(err, errReadOnly) {
		return nil, written, &LowerError{ID: id, Path: filepath.Join(c[0].Dir(), LowerFile), Detail: err.Error()}
	}
	if err != nil {
		return nil, written, fmt.Errorf("layer %s: %w", id, err)
	}
	if made {
		written = append(written, filepath.Join(c[0].Dir(), LowerFile))
	}
	return c, written, nil
}

// fillLowerLayers writes an empty LowerLayersFile of the top layer again, and returns its path. Version
// 1.63 cannot read the layer otherwise.
func (c Chain) fillLowerLayers() (written []string, err error) {
	path := filepath.Join(c[0].Dir(), LowerLayersFile)
	info, err := os.Lstat(path)
	if err != nil || info.Size() > 0 || len(c) == 1 || c[0].Store.ReadOnly {
		return nil, nil //nolint:nilerr // there is none
	}
	return []string{path}, replace(path, c[1:].ids())
}

// WriteLink writes the symlink of the layer's short name if it is lost, or the layer's LinkFile if
// only the symlink is left. It returns the path that it has written, or "" if nothing is lost or the
// store is read-only. The error wraps fs.ErrNotExist if both are lost.
func (l Layer) WriteLink() (written string, err error) {
	if l.Store.ReadOnly || l.Linked() {
		return "", nil
	}
	path, err := l.LinkPath()
	if errors.Is(err, fs.ErrNotExist) {
		return l.writeName(err)
	}
	if err != nil {
		return "", err
	}
	if err := os.Mkdir(filepath.Dir(path), 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) { // leads elsewhere
		return "", err
	}
	err = os.Symlink(l.linkTarget(), path)
	if err != nil && !l.Linked() { // else another process was faster
		return "", err
	}
	return path, nil
}

// writeName writes LinkFile from a symlink that leads to the layer. It returns lost if there is no
// such symlink.
func (l Layer) writeName(lost error) (written string, err error) {
	dir := l.Store.LinksDir()
	links, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	for _, e := range links {
		if to, err := os.Readlink(filepath.Join(dir, e.Name())); err == nil && to == l.linkTarget() {
			return l.LinkFile(), replace(l.LinkFile(), e.Name())
		}
	}
	return "", lost
}

// errReadOnly is the error for a wrong LowerFile in a read-only store.
var errReadOnly = errors.New("it does not lead to the same layers as lower-layers, and the store is only read; repair it where it is written")

// writeLower replaces LowerFile in one step unless it has that content. It returns errReadOnly if the
// store is read-only.
func (l Layer) writeLower(content string) (written bool, err error) {
	path := filepath.Join(l.Dir(), LowerFile)
	old, err := readSmall(path, maxLower)
	if err == nil && old == content {
		return false, nil
	}
	if l.Store.ReadOnly {
		return false, errReadOnly
	}
	return true, replace(path, content)
}

// Inherit writes the LowerLayersFile of a new layer on top of parent, as containers/storage does from
// 1.63 on, if the parent has one or if the new layer has a wrong one: version 1.63 copies an empty
// file. Older versions derive LowerFile only. If the new layer has a LowerLayersFile, Inherit then
// calls Relink.
//
// The caller holds the lock of the layers.
func (s *Stores) Inherit(id string, parent Chain) error {
	_, inherits, err := s.Lower(parent[0], LowerLayersFile)
	if err != nil {
		return err
	}
	l, err := s.Find(id)
	if err != nil {
		return err
	}
	path, want := filepath.Join(l.Dir(), LowerLayersFile), parent.ids()
	switch have, err := readSmall(path, maxLower); {
	case errors.Is(err, fs.ErrNotExist) && !inherits:
		return nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	case have != want:
		if err := replace(path, want); err != nil {
			return err
		}
	}
	_, _, err = s.Relink(id)
	return err
}

// replace replaces the content of a file in one step. It does not sync.
func replace(path, content string) error {
	temp := filepath.Join(filepath.Dir(path), ".tmp-"+filepath.Base(path))
	if err := os.WriteFile(temp, []byte(content), 0o644); err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	return nil
}
