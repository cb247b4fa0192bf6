//go:build linux

package inplace

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/pool"
)

// Writable makes a composefs layer plain so that it can be mounted read-write. The caller
// holds the lock of the layers, and collects the objects that the layer had. If the layer is
// part of a mount the error is a [*Refusal].
//
// When it returns without an error all is on disk. After any error, and a crash, the layer
// is as it was.
func (c *Converter) Writable(l chain.Layer) (err error) {
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
	if _, err := unpack(l, s.next.Diff()); err != nil {
		return err
	}
	if err := syncAll(s.next.Dir()); err != nil {
		return err
	}
	return c.swap(s)
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
