//go:build linux

package importer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/repository"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// Linked counts objects.
type Linked struct{ New, Had, Other int } // Other: those that cannot be linked

// Link links the objects of an image into the pool of a store. It reads those that lack fs-verity, because the pool
// takes a name for a proof of the content. Objects on another file system, and those of a repository by another
// algorithm than the store's, are left out: fs-verity by one would break the other. The caller holds the lock of the pool.
func Link(ctx context.Context, r *repository.Reader, image *repository.Image, s chain.Store) (n Linked, err error) {
	algorithm, err := objects.AlgorithmOf(s.Pool(), s.Algorithm)
	if err != nil {
		return n, err
	}
	seen := map[string]bool{}
	for _, l := range image.Layers {
		for _, o := range l.Tar.Objects {
			if seen[o] {
				continue
			}
			seen[o] = true
			if err := ctx.Err(); err != nil {
				return n, err
			}
			if err := n.link(r, o, s, algorithm); err != nil {
				return n, err
			}
		}
	}
	return n, nil
}

// link links one object.
func (n *Linked) link(r *repository.Reader, digest string, s chain.Store, a verity.Algorithm) error {
	if len(digest) != a.Size() {
		n.Other++
		return nil // podman writes a copy
	}
	f, err := r.Object(digest)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // open for reading
	d, _, err := a.MeasureOrSum(f)
	if err == nil && digest != d.Bytes() {
		return fmt.Errorf("%s is damaged: its content has fs-verity digest %s", f.Name(), d)
	}
	if err != nil {
		n.Other++  // fs-verity by another algorithm
		return nil // podman writes a copy
	}
	to := filepath.Join(s.PoolObjects(), objects.Path(d))
	if err := os.Mkdir(filepath.Dir(to), 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	switch err := os.Link(f.Name(), to); {
	case err == nil:
		n.New++
	case errors.Is(err, os.ErrExist):
		n.Had++
	case errors.Is(err, unix.EXDEV), errors.Is(err, unix.EMLINK), errors.Is(err, unix.EPERM):
		n.Other++
	default:
		return err
	}
	return nil
}
