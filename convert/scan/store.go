//go:build linux

package scan

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// store copies a file into an object directory under its fs-verity digest and tries to enable
// fs-verity on the copy. It does not touch an existing object. The object gets its name when it is
// complete.
func store(dir string, in *os.File, digest verity.Digest) (err error) {
	target := filepath.Join(dir, objects.Path(digest))
	if _, err := os.Lstat(target); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	out, err := os.CreateTemp(dir, ".tmp*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(out.Name()))
		}
	}()
	if err := copyObject(out, in, digest); err != nil {
		return errors.Join(err, out.Close())
	}
	if err := out.Close(); err != nil {
		return err
	}
	// The digest is in the image even if the kernel cannot enforce it.
	if sealed, err := os.Open(out.Name()); err == nil {
		_ = digest.Algorithm().Enable(sealed)
		_ = sealed.Close()
	}
	return os.Rename(out.Name(), target)
}

// copyObject copies in to out, checks its fs-verity digest and syncs out.
func copyObject(out, in *os.File, digest verity.Digest) error {
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return err
	}
	h := verity.NewHash(digest.Algorithm())
	if _, err := io.Copy(io.MultiWriter(out, h), in); err != nil {
		return err
	}
	if h.Digest() != digest {
		return &fs.PathError{Op: "read", Path: in.Name(), Err: fmt.Errorf("%w: other content", errChanged)}
	}
	if err := out.Chmod(0o644); err != nil {
		return err
	}
	return out.Sync()
}
