package chain

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Relink is Chain for a layer that the stock driver is to handle. That driver follows
// LowerFile and the symlinks in l/, before containers/storage 1.63 alone, and from 1.63
// on no longer makes symlinks again. Relink writes both where they do not lead to the
// chain, and returns the paths that it has written. It writes nothing to read-only
// stores: where the stock driver would show another chain of one, the error is a
// *LowerError. It syncs nothing: whatever is lost again is written again.
//
// The caller holds the lock under which containers/storage mounts the layer.
func (s *Stores) Relink(id string) (c Chain, written []string, err error) {
	c, linked, err := s.read(id)
	if err != nil || linked {
		return c, nil, err
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
		lower = append(lower, linkDir+"/"+filepath.Base(path))
	}
	made, err := c[0].writeLower(strings.Join(lower, ":"))
	if errors.Is(err, errReadOnly) && c.Composefs() { // which the stock driver does not mount
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

// WriteLink makes the symlink of the layer's short name, or the file "link" where only
// the symlink is left. It returns the path that it has written, "" if there was nothing
// to do, or the store is read-only. The error wraps fs.ErrNotExist if both are lost.
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

// writeName writes the file "link" by a symlink that leads to the layer. It returns lost
// if there is none.
func (l Layer) writeName(lost error) (written string, err error) {
	dir := filepath.Join(l.Store.Home, linkDir)
	links, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	for _, e := range links {
		if to, err := os.Readlink(filepath.Join(dir, e.Name())); err == nil && to == l.linkTarget() {
			path := filepath.Join(l.Dir(), "link")
			return path, replace(path, e.Name())
		}
	}
	return "", lost
}

// errReadOnly says that LowerFile is wrong and must stay so.
var errReadOnly = errors.New("it does not lead to the same layers as lower-layers, and the store is only read; repair it where it is written")

// writeLower gives LowerFile of the layer that content, in one step, unless it has it. It
// returns errReadOnly if the store is read-only.
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

// Inherit gives a new layer the LowerLayersFile that containers/storage gives it from
// 1.63 on, if its parent has one: older versions do not know the file, and of what the
// parent says take LowerFile only. It then does what Relink does.
func (s *Stores) Inherit(id, parent string) error {
	p, err := s.Find(parent)
	if err != nil {
		return err
	}
	_, ok, err := s.Lower(p, LowerLayersFile)
	if err != nil || !ok {
		return err
	}
	text, err := readSmall(filepath.Join(p.Dir(), LowerLayersFile), maxLower)
	if err != nil {
		return err
	}
	l, err := s.Find(id)
	if err != nil {
		return err
	}
	if err := replace(filepath.Join(l.Dir(), LowerLayersFile), parent+":"+text); err != nil {
		return err
	}
	_, _, err = s.Relink(id)
	return err
}

// replace gives a file a content in one step. It does not sync.
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
