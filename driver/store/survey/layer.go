package survey

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
)

// Amount is a number of files and the sum of their lengths in bytes.
type Amount struct {
	Count int
	Bytes int64
}

func (a *Amount) add(size int64) {
	a.Count++
	a.Bytes += size
}

// Sizes are the sizes of layers.
type Sizes struct {
	Files   Amount // regular files; a file with several names counts once
	Objects Amount // files in the diffs of composefs layers; each counts once
	Unique  Amount // objects that no other layer has
}

// Shared returns the amount of objects that other layers have too.
func (s Sizes) Shared() Amount {
	return Amount{s.Objects.Count - s.Unique.Count, s.Objects.Bytes - s.Unique.Bytes}
}

// Layer is a measured layer.
type Layer struct {
	chain.Layer
	Kind Kind
	Sizes
}

// Layers measures the layers with the given IDs, and all of them together. An object that only these
// layers have counts as unique in total, and counts once.
func Layers(ctx context.Context, stores *chain.Stores, ids []string) (layers []Layer, total Sizes, err error) {
	together := objectSet{}
	for _, id := range ids {
		if err := ctx.Err(); err != nil {
			return nil, total, err
		}
		l := Layer{}
		if l.Layer, l.Kind, err = Find(stores, id); err != nil {
			return nil, total, fmt.Errorf("layer %s: %w", id, err)
		}
		if err := l.measure(together); err != nil {
			return nil, total, fmt.Errorf("layer %s: %w", id, err)
		}
		total.Files.Count += l.Files.Count
		total.Files.Bytes += l.Files.Bytes
		layers = append(layers, l)
	}
	total.Objects, total.Unique = together.sum()
	return layers, total, nil
}

// Freed returns the files that the removal of layers removes: objects that no other layer has, and the files
// of plain layers. Images of layers, merged images and records are not among them.
func Freed(ctx context.Context, stores *chain.Stores, ids []string) (a Amount, err error) {
	layers, total, err := Layers(ctx, stores, ids)
	a = total.Unique
	for _, l := range layers {
		if l.Kind == Plain {
			a.Count += l.Files.Count
			a.Bytes += l.Files.Bytes
		}
	}
	return a, err
}

// measure measures the layer and adds its objects to together.
func (l *Layer) measure(together objectSet) (err error) {
	switch l.Kind {
	case Plain:
		l.Files, err = filesBelow(l.Diffs[len(l.Diffs)-1]) // the upper ones contain metacopy files
	case Composefs, Stock:
		if l.Files, err = FilesIn(l.ImagePath()); err != nil {
			return err
		}
		own := objectSet{}
		if err = own.addLayer(l.Layer); err == nil {
			l.Objects, l.Unique = own.sum()
			together.addAll(own)
		}
	}
	return err
}

// filesBelow returns the regular files in a directory.
func filesBelow(dir string) (a Amount, err error) {
	seen := map[fileID]bool{}
	err = filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		if id, links := identify(info); links == 1 || !seen[id] {
			seen[id] = links > 1
			a.add(info.Size())
		}
		return nil
	})
	return a, err
}

// FilesIn returns the regular files of an image.
func FilesIn(path string) (a Amount, err error) {
	f, img, err := images.Open(path)
	if err != nil {
		return a, err
	}
	defer f.Close() //nolint:errcheck // open for reading
	seen := map[uint64]bool{}
	err = img.Walk(func(_ string, nid uint64, n *tree.Inode) error {
		if n.Type() == tree.TypeRegular && !(n.Nlink > 1 && seen[nid]) {
			a.add(int64(n.Size))
			seen[nid] = n.Nlink > 1
		}
		return nil
	})
	return a, err
}
