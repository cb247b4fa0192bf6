package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/driver/store/survey"
)

// withImage opens an image for the duration of fn: the image in a file, or the merged image of a
// container image in a store.
func (st *store) withImage(ctx context.Context, name string, fn func(*erofs.Image) error) error {
	if !isFile(name) {
		return st.withContainerImage(ctx, name, fn)
	}
	m, f, err := openImage(name)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // open for reading
	return imageError(name, fn(m))
}

// withContainerImage opens the merged image of a container image for the duration of fn.
func (st *store) withContainerImage(ctx context.Context, name string, fn func(*erofs.Image) error) error {
	if err := st.load(); err != nil {
		return err
	}
	image, ids, err := st.findImage(name)
	if err != nil {
		return err
	}
	layers, err := survey.Kinds(&st.stores, ids)
	if err != nil {
		return st.hint(err)
	}
	m, closer, err := survey.Open(ctx, &st.stores, layers)
	if err != nil {
		return st.hint(fmt.Errorf("image %s: %w", shortID(image.ID), err))
	}
	defer closer.Close() //nolint:errcheck // open for reading
	return imageError(name, fn(m))
}

// isFile reports whether a name is that of a file, and not of a container image: whether it exists, or
// can only be a path.
func isFile(name string) bool {
	_, err := os.Stat(name)
	return err == nil || strings.HasPrefix(name, "/") || strings.HasPrefix(name, ".") || name == "-"
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

// imageError adds the name of the image and a remedy to an error.
func imageError(path string, err error) error {
	if err == nil {
		return nil
	}
	return withImageHint(fmt.Errorf("read image %s: %w", path, err))
}

// withImageHint adds the remedy for an image that cannot be read.
func withImageHint(err error) error {
	switch {
	case errors.Is(err, erofs.ErrUnsupported):
		return withHint(err, "make the image again in format version 0 or 1, with sha256 digests")
	case errors.Is(err, erofs.ErrCorrupt):
		return withHint(err, "make sure that this is a composefs image; make a damaged one again")
	}
	return err
}
