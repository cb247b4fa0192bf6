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
// [Pool.Release]. It compares inodes and reads no content. It first tries the digest that
// [Batch.AddImage] has noted in an xattr of the file, and without one it compares all images of the
// pool. The error wraps [fs.ErrNotExist] if path is missing or the pool lacks that file.
func (p *Reader) FindImage(ctx context.Context, path string) (verity.Digest, error) {
	var st unix.Stat_t
	if err := unix.Lstat(path, &st); err != nil {
		return verity.Digest{}, &fs.PathError{Op: "find image of", Path: path, Err: err}
	}
	if d, ok := notedDigest(path); ok && p.imageIs(d, &st) {
		return d, nil
	}
	names, err := p.imageNames()
	if err != nil {
		return verity.Digest{}, err
	}
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return verity.Digest{}, err
		}
		if d, err := verity.ParseDigest(name); err == nil && p.imageIs(d, &st) {
			return d, nil
		}
	}
	return verity.Digest{}, &fs.PathError{Op: "find image of", Path: path, Err: fs.ErrNotExist}
}

// imageIs reports whether the pool's image of a digest is the given file.
func (p *Reader) imageIs(d verity.Digest, file *unix.Stat_t) bool {
	var st unix.Stat_t
	return unix.Lstat(p.imagePath(d), &st) == nil && st.Dev == file.Dev && st.Ino == file.Ino
}

// maxDigest is the length in bytes of the longest digests.
const maxDigest = 64

// digestXattr contains the fs-verity digest of a merged image, as hexadecimal digits. It is
// only the first guess of [Reader.FindImage].
const digestXattr = "user.composefs-storage.digest"

// noteDigest notes the digest of an image in an xattr. Some file systems have none, and a full one
// has no room; the image is as good without it.
func noteDigest(f *os.File, d verity.Digest) {
	_ = unix.Fsetxattr(int(f.Fd()), digestXattr, []byte(d.String()), 0)
}

// notedDigest returns the digest that noteDigest has noted.
func notedDigest(path string) (verity.Digest, bool) {
	var text [2 * maxDigest]byte
	n, err := unix.Lgetxattr(path, digestXattr, text[:])
	if err != nil {
		return verity.Digest{}, false
	}
	d, err := verity.ParseDigest(string(text[:n]))
	return d, err == nil
}

// imageNames returns the names in the directory of images, sorted: temporary names come first.
func (p *Reader) imageNames() ([]string, error) {
	names, err := readNames(unix.AT_FDCWD, p.images())
	return names, files.IgnoreMissing(err)
}
