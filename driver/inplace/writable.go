//go:build linux

package inplace

import (
	"context"
	"errors"
	"os"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/pool"
)

// Writable makes a composefs layer plain, for a read-write mount. The caller holds the lock of the
// layers, and collects the objects of the layer afterwards. If the layer is part of a mount, or has
// unknown files, the error is a [*Refusal].
//
// The layer is durable when Writable returns nil. After an error or a crash it is unchanged.
func (c *Converter) Writable(ctx context.Context, l chain.Layer) (err error) {
	if err := c.replaceable(l); err != nil {
		return err
	}
	s := &staged{layer: l}
	if s.pool, err = pool.Open(l.Store, objects.SealNever); err != nil {
		return err
	}
	defer func() { err = s.pool.Named(errors.Join(err, s.close(ctx))) }()
	if err := s.begin(); err != nil {
		return err
	}
	if _, err := unpack(l, s.next.Diff()); err != nil {
		return err
	}
	if err := syncAll(s.next.Dir()); err != nil {
		return err
	}
	return c.swap(ctx, s)
}

// syncAll syncs the file system of a directory.
func syncAll(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // open for reading
	return os.NewSyscallError("syncfs", unix.Syncfs(int(f.Fd())))
}
