package chain

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// LinkPath returns the symlink by which LowerFile of other layers refers to the layer. It reads the
// short name from the layer's LinkFile. The error wraps fs.ErrNotExist if that file is missing or
// contains no valid name.
func (l Layer) LinkPath() (string, error) {
	path := l.LinkFile()
	name, err := readSmall(path, 255)
	if err != nil {
		return "", err
	}
	name = strings.TrimSpace(name)
	if checkName(name) != nil {
		return "", &fs.PathError{Op: "read", Path: path, Err: fs.ErrNotExist}
	}
	return filepath.Join(l.Store.LinksDir(), name), nil
}

// Linked reports whether that symlink leads to the layer.
func (l Layer) Linked() bool {
	path, err := l.LinkPath()
	if err != nil {
		return false
	}
	to, err := os.Readlink(path)
	return err == nil && to == l.linkTarget()
}

func (l Layer) linkTarget() string { return filepath.Join("..", l.ID, diffDir) }

// shortNames finds layers by l/SHORT. If the symlink is missing, for example after a power cut, it
// finds the layer whose LinkFile contains SHORT.
type shortNames struct {
	stores []Store
	lost   bool             // a symlink is missing
	byFile map[string]Layer // SHORT to layer, nil until a symlink is missing
}

// find returns the layer to which name leads in the first store that has such a layer.
func (n *shortNames) find(name string) (Layer, error) {
	short, ok := strings.CutPrefix(name, linkDir+"/")
	if !ok || checkName(short) != nil {
		return Layer{}, errName
	}
	for _, store := range n.stores {
		to, err := os.Readlink(filepath.Join(store.Home, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return Layer{}, err
		}
		l, err := load(store, filepath.Base(filepath.Dir(to)))
		if !errors.Is(err, fs.ErrNotExist) {
			return l, err
		}
	}
	n.lost = true
	if n.byFile == nil {
		if err := n.readFiles(); err != nil {
			return Layer{}, err
		}
	}
	l, ok := n.byFile[short]
	if !ok {
		return Layer{}, fs.ErrNotExist
	}
	return l, nil
}

// readFiles reads the LinkFile of every layer.
func (n *shortNames) readFiles() error {
	n.byFile = map[string]Layer{}
	for _, store := range n.stores {
		entries, err := os.ReadDir(store.Home)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		for _, e := range entries {
			l := Layer{ID: e.Name(), Store: store}
			path, err := l.LinkPath()
			if e.Name() == linkDir || err != nil {
				continue
			}
			short := filepath.Base(path)
			if _, known := n.byFile[short]; known {
				continue // in an earlier store
			}
			if l, err = load(store, l.ID); err == nil {
				n.byFile[short] = l
			}
		}
	}
	return nil
}
