package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
)

// withImage opens the image at path for the duration of fn.
func withImage(path string, fn func(*erofs.Image) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // open for reading
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("open image %s: not a regular file", path)
	}
	m, err := erofs.Open(f, info.Size())
	if err == nil {
		err = fn(m)
	}
	switch {
	case errors.Is(err, erofs.ErrUnsupported):
		return withHint(fmt.Errorf("read image %s: %w", path, err),
			"format versions 0 and 1 with sha256 digests can be read")
	case errors.Is(err, erofs.ErrCorrupt):
		return withHint(fmt.Errorf("read image %s: %w", path, err),
			"make sure that this is a composefs image; if it was one, make it anew")
	case err != nil:
		return fmt.Errorf("read image %s: %w", path, err)
	}
	return nil
}
