package images

import (
	"context"
	"maps"
	"os"
	"slices"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// Drop removes the links of layers to merged images, and first notes these images as garbage for the
// next collection. The next mount of a chain merges it again. Drop takes no lock.
func Drop(ctx context.Context, layers ...chain.Layer) error {
	linked := map[string][]verity.Digest{} // by the directory of the pool
	for _, l := range layers {
		list, err := Linked(ctx, l)
		if err != nil {
			return err
		}
		linked[l.Store.Pool()] = append(linked[l.Store.Pool()], list...)
	}
	for _, dir := range slices.Sorted(maps.Keys(linked)) {
		if err := note(dir, linked[dir]); err != nil {
			return err
		}
	}
	for _, l := range layers {
		for _, name := range l.ImageLinks() {
			if err := files.IgnoreMissing(os.Remove(name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// note notes images of a pool as garbage.
func note(dir string, list []verity.Digest) error {
	if len(list) == 0 {
		return nil
	}
	p, err := objects.Open(dir, objects.Options{})
	if err != nil {
		return err
	}
	return files.WithCleanup(p.NoteUnlinked(nil, list), p.Close())
}
