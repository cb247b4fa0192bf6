package images

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// Digest returns the fs-verity digest that names the image in the pool. It compares inodes with
// the images of the pool. A copy of a store has lost the hard links: Digest then hashes the image
// and looks for its digest in the pool. It does not check that a file of the pool has the content
// that its name promises. It takes no lock.
func (i Merged) Digest(ctx context.Context) (verity.Digest, error) {
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
	found, _, err := verity.SumFile(f)
	if err != nil {
		return name, err
	}
	if _, err = p.StatImage(found); errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%s is damaged: the pool has no image of its fs-verity digest, %s", i.Path, found)
		return name, &chain.DamagedError{Store: i.Pool, Err: err}
	}
	return found, err
}
