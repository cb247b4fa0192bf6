package images

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// Digest returns the fs-verity digest that the image should have: for a merged image, the one that names
// it in the pool. Digest compares inodes with the images of the pool. A copy of a store has lost the hard
// links: Digest then hashes the image and looks for its digest in the pool. It does not check that a file
// of the pool has the content that its name promises. It takes no lock.
func (i Merged) Digest(ctx context.Context) (verity.Digest, error) {
	if i.digest != nil {
		return *i.digest, nil
	}
	p, err := objects.OpenReadOnly(i.Pool.Pool())
	if err != nil {
		return verity.Digest{}, err
	}
	defer p.Close() //nolint:errcheck // open for reading
	name, err := p.FindImage(ctx, i.Path)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return name, err
	}
	f, err := os.Open(i.Path)
	if err != nil {
		return name, err
	}
	defer f.Close() //nolint:errcheck // open for reading
	found, _, err := p.Algorithm().SumFile(f)
	if err != nil {
		return name, err
	}
	if _, err = p.StatImage(found); errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%s is damaged: the pool has no image of its fs-verity digest, %s", i.Path, found)
		return name, &chain.DamagedError{Store: i.Pool, Err: err}
	}
	return found, err
}

// Linked returns the fs-verity digests of the merged images to which a layer's own directory has
// links. It takes no lock. After an error the list may be incomplete.
func Linked(ctx context.Context, l chain.Layer) (list []verity.Digest, err error) {
	p, err := objects.OpenReadOnly(l.Store.Pool())
	if err != nil {
		return nil, files.IgnoreMissing(err)
	}
	defer p.Close() //nolint:errcheck // open for reading
	for _, path := range l.ImageLinks() {
		d, err := p.FindImage(ctx, path)
		switch {
		case err == nil:
			list = append(list, d)
		case !errors.Is(err, fs.ErrNotExist):
			return list, err
		}
	}
	return list, nil
}
