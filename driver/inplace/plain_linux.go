package inplace

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/driver/chain"
	"github.com/composefs-storage/composefs-storage/driver/images"
	"github.com/composefs-storage/composefs-storage/driver/pool"
)

// Plain makes a composefs layer one that has its files in its directory, as the stock
// driver unpacks it, so that it can be mounted read-write. The caller has the lock of the
// layers, and collects the objects that it had. If the layer is part of a mount the error is
// a [*Refusal].
//
// When it returns without an error all is on disk. After any error, and a crash, the layer
// is as it was.
func (c *Converter) Plain(l chain.Layer) (err error) {
	if err := c.inUse(l); err != nil {
		return err
	}
	s := &staged{layer: l}
	if s.pool, err = pool.Open(l.Store, objects.SealNever); err != nil {
		return err
	}
	defer func() { err = s.pool.Named(errors.Join(err, s.close())) }()
	if err := s.begin(); err != nil {
		return err
	}
	if err := unpack(l, s.next.Diff()); err != nil {
		return err
	}
	if err := syncAll(s.next.Dir()); err != nil {
		return err
	}
	return c.swap(s)
}

// unpack writes the layer's files into the new directory diff.
func unpack(l chain.Layer, diff string) error {
	f, img, err := images.OpenLayer(l)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // open for reading
	if img.Format() != erofs.Layer {
		return errors.New("stock containers/storage has written its image")
	}
	t, err := img.Tree()
	if err != nil {
		return fmt.Errorf("%s: %w", l.Blob(), err)
	}
	if err := os.Mkdir(diff, 0o700); err != nil {
		return err
	}
	u := &unpacker{root: diff, objects: l.Diff(), made: map[*tree.Inode]string{}}
	if err := u.entries("", t.Root.Dir); err != nil {
		return err
	}
	if !t.Root.Dir.Implied {
		return u.describe("", t.Root)
	}
	var st unix.Stat_t
	if err := unix.Stat(l.Diff(), &st); err != nil {
		return &os.PathError{Op: "stat", Path: l.Diff(), Err: err}
	}
	return setOwner(diff, st.Uid, st.Gid, st.Mode)
}

// syncAll brings the file system of a directory on disk.
func syncAll(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // open for reading
	return os.NewSyscallError("syncfs", unix.Syncfs(int(f.Fd())))
}
