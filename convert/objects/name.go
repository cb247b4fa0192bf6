package objects

import (
	"encoding/hex"
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Name gives an object of the layer a second name, by which stock containers/storage finds its
// content. The object must have been added. payload is two hex digits, a slash and a name that no
// object has. Naming an object twice succeeds. A file that can take no more links is copied.
func (b *Batch) Name(d verity.Digest, size int64, payload string) error {
	err := b.name(d, size, payload)
	if err != nil {
		return fmt.Errorf("name object %s %s: %w", d, payload, err)
	}
	return nil
}

func (b *Batch) name(d verity.Digest, size int64, payload string) error {
	shard, err := hex.DecodeString(payload[:min(2, len(payload))])
	if err != nil || len(shard) != 1 {
		return errors.New("the name does not begin with two hex digits")
	}
	if err := b.makeShard(shard[0], payload[:2]); err != nil {
		return err
	}
	if err = b.pool.try(stepName); err == nil {
		err = unix.Linkat(b.fd(), Path(d), b.fd(), payload, 0)
	}
	switch {
	case errors.Is(err, unix.EEXIST):
		return nil
	case errors.Is(err, unix.EMLINK):
		return b.nameCopy(d, size, payload)
	}
	return os.NewSyscallError("linkat", err)
}

// nameCopy makes a copy of an object under the name payload.
func (b *Batch) nameCopy(d verity.Digest, size int64, payload string) error {
	fd, err := unix.Openat(b.fd(), Path(d), unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return os.NewSyscallError("openat", err)
	}
	in := os.NewFile(uintptr(fd), Path(d))
	defer in.Close() //nolint:errcheck // open for reading
	_, err = b.copyTo(in, d, size, payload)
	return err
}
