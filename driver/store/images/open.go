package images

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// Open opens the image in a file, which must stay open as long as the image is used.
func Open(path string) (*os.File, *erofs.Image, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	img, err := Read(f)
	if err != nil {
		return nil, nil, files.WithCleanup(err, f.Close())
	}
	return f, img, nil
}

// OpenLayer opens the image of a composefs layer. If the image is missing or invalid, the error is a
// [*chain.DamagedError].
func OpenLayer(l chain.Layer) (*os.File, *erofs.Image, error) {
	f, img, err := Open(l.ImagePath())
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, erofs.ErrCorrupt) {
		err = &chain.DamagedError{Store: l.Store, Layer: l.ID, Err: err}
	}
	return f, img, err
}

// Read is Open for an open file.
func Read(f *os.File) (*erofs.Image, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	img, err := erofs.Open(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name(), err)
	}
	return img, nil
}
