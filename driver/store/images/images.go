//go:build linux

package images

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// Images are the merged images of the chains of a store. Methods may be called concurrently, and by
// several processes.
type Images struct {
	primary chain.Store
	sealing objects.Sealing
	former  *former // nil if no tree is kept
}

// New returns the images of a store. New images are sealed according to sealing if all layer images
// of their segments are sealed.
func New(primary chain.Store, sealing objects.Sealing) *Images {
	return &Images{primary: primary, sealing: sealing}
}

// KeepTree makes the images keep the tree of a merge for a while. A merge of the same layers and further
// ones then reads the new ones only.
func (m *Images) KeepTree() { m.former = new(former) }

// Merged is a merged image, or a single layer image, and the directories of its objects.
type Merged struct {
	Path string
	Pool chain.Store // the store whose pool has the image
	Data []string    // object directories

	digest *verity.Digest // that of a layer image, nil for an image that the pool names
}

// Layer returns the image of a composefs layer for a mount with other layers below it. digest is its
// fs-verity digest.
func (m *Images) Layer(l chain.Layer, digest verity.Digest) (Merged, error) {
	data, err := m.Data(chain.Segment{Layers: []chain.Layer{l}})
	return Merged{Path: l.ImagePath(), Pool: l.Store, Data: data, digest: &digest}, err
}

// EnsureMerged returns the image of a composefs segment and merges its layers if the image is
// missing, which takes the lock of the pool (shared). An error names the layer at fault.
func (m *Images) EnsureMerged(ctx context.Context, s chain.Segment) (Merged, error) {
	data, err := m.Data(s)
	if err != nil {
		return Merged{}, err
	}
	path, err := m.Find(s)
	if err != nil {
		return Merged{}, err
	}
	if path == "" {
		path = m.Place(s)
		if err := m.merge(ctx, s, path); err != nil {
			return Merged{}, fmt.Errorf("merge layers: %w", err)
		}
	}
	if err := lookFor(s, data); err != nil { // after the merge, which makes missing pools
		return Merged{}, err
	}
	store := s.Top().Store
	if path == m.Place(s) {
		store = m.store(s)
	}
	return Merged{Path: path, Pool: store, Data: data}, nil
}

// Find returns the path of the segment's merged image, "" if it does not exist yet. It takes no lock.
func (m *Images) Find(s chain.Segment) (string, error) {
	places := []string{m.Place(s)}
	if s.Top().Store.ReadOnly && s.OneStore() {
		places = append(places, name(s)) // made by the driver that owns the store
	}
	for _, path := range places {
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			return path, err
		}
	}
	return "", nil
}

// name returns the link to the merged image in the directory of the segment's top layer.
func name(s chain.Segment) string {
	if s.Bottom {
		return s.Top().MergedPath()
	}
	return s.Top().SegmentPath()
}

// Place returns the path of the link to the segment's merged image, which need not exist.
func (m *Images) Place(s chain.Segment) string {
	if !s.Top().Store.ReadOnly {
		return name(s)
	}
	suffix := ".segment"
	if s.Bottom {
		suffix = ".merged"
	}
	return filepath.Join(m.primary.PoolChains(), s.Top().ID+suffix)
}

// store returns the store whose pool gets the segment's merged image.
func (m *Images) store(s chain.Segment) chain.Store {
	if s.Top().Store.ReadOnly {
		return m.primary
	}
	return s.Top().Store
}

// Data returns the directories of the segment's objects: the pools of its stores, and the diffs of
// stock layers in read-only stores.
func (m *Images) Data(s chain.Segment) ([]string, error) {
	var list []string
	seen := map[string]bool{}
	for _, l := range s.Layers {
		dir := l.Store.PoolObjects()
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

// lookFor returns a *[chain.DamagedError] if one of the segment's object directories is missing.
func lookFor(s chain.Segment, data []string) error {
	for _, dir := range data {
		_, err := os.Stat(dir)
		if !errors.Is(err, fs.ErrNotExist) {
			continue // the mount reports other errors
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

// Prune removes the links in the pool's chains directory for layers that no store has. If a store is
// only unmounted, the next mount merges its layers again. After an error of exists Prune removes
// nothing. pruned is the number of links that it has removed: their images may be garbage.
func (m *Images) Prune(exists func(id string) (bool, error)) (pruned int, err error) {
	stale, err := m.Stale(exists)
	if err != nil {
		return 0, err
	}
	for _, name := range stale {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return pruned, err
		}
		pruned++
	}
	return pruned, nil
}

// Stale returns the paths of the links that [Images.Prune] removes.
func (m *Images) Stale(exists func(id string) (bool, error)) (paths []string, err error) {
	dir := m.primary.PoolChains()
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
