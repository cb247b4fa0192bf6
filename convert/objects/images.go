package objects

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

func (p *Reader) images() string                   { return filepath.Join(p.path, "images") }
func (p *Reader) imagePath(d verity.Digest) string { return filepath.Join(p.images(), d.String()) }

// ImagePath returns the path of a merged image of the pool, even of a missing one.
func (p *Reader) ImagePath(d verity.Digest) string { return p.imagePath(d) }

// temporaryImage returns a unique name in the directory of images, where Collect finds it after a
// crash.
func (p *Reader) temporaryImage() string { return filepath.Join(p.images(), temporary()) }

// OpenImage opens a merged image for reading. The error wraps [fs.ErrNotExist] if the pool lacks
// it.
func (p *Reader) OpenImage(d verity.Digest) (*os.File, error) {
	f, err := os.OpenFile(p.imagePath(d), os.O_RDONLY|unix.O_NOFOLLOW, 0)
	return f, imageError("open image", d, err)
}

// StatImage describes a merged image. The error wraps [fs.ErrNotExist] if the pool lacks it.
func (p *Reader) StatImage(d verity.Digest) (Info, error) {
	var st unix.Stat_t
	if err := unix.Lstat(p.imagePath(d), &st); err != nil {
		return Info{}, imageError("stat image", d, err)
	}
	return Info{Size: st.Size, Links: uint64(st.Nlink)}, nil //nolint:unconvert // narrower on some architectures
}

// imageError names the operation and the image.
func imageError(op string, d verity.Digest, err error) error {
	if err == nil {
		return nil
	}
	var e *fs.PathError
	if errors.As(err, &e) {
		err = e.Err
	}
	return &fs.PathError{Op: op, Path: d.String(), Err: err}
}

// WalkImages calls fn for every merged image of the pool, in the order of digests. It may or may
// not see images that are added or removed during the walk. It returns fn's first error.
func (p *Reader) WalkImages(ctx context.Context, fn func(d verity.Digest, info Info) error) error {
	names, err := p.imageNames()
	if err != nil {
		return err
	}
	for _, name := range names {
		d, err := verity.ParseDigest(name)
		if err != nil {
			continue // a temporary name
		}
		info, err := p.StatImage(d)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err = errors.Join(ctx.Err(), err); err != nil {
			return err
		}
		if err := fn(d, info); err != nil {
			return err
		}
	}
	return nil
}

// FindImage returns the image digest of the merged image to which path is a link, for
// [Pool.Release]. It compares inodes and reads no content. The error wraps [fs.ErrNotExist] if
// path is missing or the pool lacks that file.
func (p *Reader) FindImage(ctx context.Context, path string) (found verity.Digest, err error) {
	err = p.WalkImages(ctx, func(d verity.Digest, _ Info) error {
		if sameFile(unix.AT_FDCWD, p.imagePath(d), unix.AT_FDCWD, path) {
			found = d
			return errFound
		}
		return nil
	})
	switch {
	case errors.Is(err, errFound):
		return found, nil
	case err == nil:
		err = fs.ErrNotExist
	}
	return verity.Digest{}, &fs.PathError{Op: "find image of", Path: path, Err: err}
}

var errFound = errors.New("found")

// imageNames returns the names in the directory of images, sorted: temporary names come first.
func (p *Reader) imageNames() ([]string, error) {
	names, err := readNames(unix.AT_FDCWD, p.images())
	return names, files.IgnoreMissing(err)
}
