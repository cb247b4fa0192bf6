//go:build linux

package images

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// Images are the images of the segments of a store's chains. Its methods may be called
// concurrently, and by several processes.
type Images struct {
	primary chain.Store
	sealing objects.Sealing
}

// New returns the images of a store. Those that it makes are sealed as said, if all layers
// of their segments are.
func New(primary chain.Store, sealing objects.Sealing) *Images { return &Images{primary, sealing} }

// Image is a segment's image, and where the contents of its files are.
type Image struct {
	Path string
	Pool chain.Store // whose pool has it
	Data []string    // object directories
}

// Of returns the image of a composefs segment, which it makes if there is none yet. An
// error names the layer at fault.
func (m *Images) Of(s chain.Segment) (Image, error) {
	data, err := m.Data(s)
	if err != nil {
		return Image{}, err
	}
	path, err := m.Find(s)
	if err != nil {
		return Image{}, err
	}
	if path == "" {
		path = m.Place(s)
		if err := m.merge(s, path); err != nil {
			return Image{}, fmt.Errorf("merge layers: %w", err)
		}
	}
	if err := lookFor(s, data); err != nil { // now, for merging makes pools
		return Image{}, err
	}
	store := s.Top().Store
	if path == m.Place(s) {
		store = m.store(s)
	}
	return Image{path, store, data}, nil
}

// Find returns the path of the segment's image, "" if there is none yet.
func (m *Images) Find(s chain.Segment) (string, error) {
	places := []string{m.Place(s)}
	if s.Top().Store.ReadOnly && s.OneStore() {
		places = append(places, name(s)) // that store's own driver has made it
	}
	for _, path := range places {
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			return path, err
		}
	}
	return "", nil
}

// name returns the segment's image in the directory of its top layer.
func name(s chain.Segment) string {
	if s.Whole {
		return s.Top().Merged()
	}
	return s.Top().Segment()
}

// Place returns where the segment's image is linked.
func (m *Images) Place(s chain.Segment) string {
	if !s.Top().Store.ReadOnly {
		return name(s)
	}
	suffix := ".segment"
	if s.Whole {
		suffix = ".merged"
	}
	return filepath.Join(m.primary.Pool(), "chains", s.Top().ID+suffix)
}

// store returns the store whose pool has the segment's image.
func (m *Images) store(s chain.Segment) chain.Store {
	if s.Top().Store.ReadOnly {
		return m.primary
	}
	return s.Top().Store
}

// Data returns where the contents of the segment's files are: in the pools of its
// stores, and in stock layers of stores that are read-only.
func (m *Images) Data(s chain.Segment) ([]string, error) {
	var list []string
	seen := map[string]bool{}
	for _, l := range s.Layers {
		dir := filepath.Join(l.Store.Pool(), "objects")
		if l.Store.ReadOnly {
			stock, err := isStock(l)
			if err != nil {
				return nil, err
			}
			if stock {
				dir = l.Diff()
			}
		}
		if !seen[dir] {
			seen[dir] = true
			list = append(list, dir)
		}
	}
	return list, nil
}

// lookFor returns a *[chain.DamagedError] if one of the directories that hold the contents
// of the segment's files is missing.
func lookFor(s chain.Segment, data []string) error {
	for _, dir := range data {
		_, err := os.Stat(dir)
		if !errors.Is(err, fs.ErrNotExist) {
			continue // the mount says what else is wrong
		}
		for _, l := range s.Layers {
			if strings.HasPrefix(dir, filepath.Dir(l.Store.Home)+"/") {
				return &chain.DamagedError{Store: l.Store, Err: err}
			}
		}
	}
	return nil
}

// isStock reports whether stock containers/storage has written the layer's image.
func isStock(l chain.Layer) (bool, error) {
	f, img, err := OpenLayer(l)
	if err != nil {
		return false, fmt.Errorf("layer %s: %w", l.ID, err)
	}
	defer f.Close() //nolint:errcheck // open for reading
	return img.Format() != erofs.Layer, nil
}

// Prune removes the links for layers of read-only stores that are gone. Of those in
// stores that are not mounted at the moment the images are merged again when they are
// back. After an error of exists nothing is removed.
func (m *Images) Prune(exists func(id string) (bool, error)) error {
	stale, err := m.Stale(exists)
	if err != nil {
		return err
	}
	for _, name := range stale {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Stale returns the paths of the links that [Images.Prune] removes.
func (m *Images) Stale(exists func(id string) (bool, error)) (paths []string, err error) {
	dir := filepath.Join(m.primary.Pool(), "chains")
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, e := range entries {
		is, err := exists(strings.TrimSuffix(e.Name(), filepath.Ext(e.Name())))
		if err != nil {
			return nil, err
		}
		if !is {
			paths = append(paths, filepath.Join(dir, e.Name()))
		}
	}
	return paths, nil
}
