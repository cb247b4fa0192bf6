package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
)

// withImage opens the image at path for the duration of fn.
func withImage(path string, fn func(*erofs.Image) error) error {
	m, f, err := openImage(path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // open for reading
	return imageError(path, fn(m))
}

// openImage opens the image at path. It lives as long as the file is open.
func openImage(path string) (*erofs.Image, *os.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	var m *erofs.Image
	switch {
	case err != nil:
	case !info.Mode().IsRegular():
		err = fmt.Errorf("open image %s: not a regular file", path)
	default:
		m, err = erofs.Open(f, info.Size())
		err = imageError(path, err)
	}
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return m, f, nil
}

// imageError says which image an error is about, if there is one, and what can be done.
func imageError(path string, err error) error {
	if err == nil {
		return nil
	}
	return withImageHint(fmt.Errorf("read image %s: %w", path, err))
}

// withImageHint adds what can be done about an image that cannot be read.
func withImageHint(err error) error {
	switch {
	case errors.Is(err, erofs.ErrUnsupported):
		return withHint(err, "format versions 0 and 1 with sha256 digests can be read")
	case errors.Is(err, erofs.ErrCorrupt):
		return withHint(err, "make sure that this is a composefs image; if it was one, make it anew")
	}
	return err
}
