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

// Name returns the fs-verity digest by which the pool calls the image. The image is one of
// the pool's files, or, where links were lost, as in a copy of the store, has the content of
// one. Whether a file of the pool is what it is called is not looked at.
func (i Image) Name() (verity.Digest, error) {
	p, err := objects.OpenReadOnly(i.Pool.Pool())
	if err != nil {
		return verity.Digest{}, err
	}
	defer p.Close() //nolint:errcheck // open for reading
	name, err := p.FindImage(context.Background(), i.Path)
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
