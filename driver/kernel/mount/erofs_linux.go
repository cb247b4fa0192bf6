package mount

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Erofs makes a detached read-only mount of an image. If img.Digest is set and the file has another
// fs-verity digest or none, Erofs fails before it mounts.
func Erofs(img *Image) (*os.File, error) {
	mnt, err := img.mount()
	if err != nil {
		return nil, fmt.Errorf("image %q: %w", img.name(), err)
	}
	return mnt, nil
}

func (i *Image) mount() (*os.File, error) {
	if err := i.validate(); err != nil {
		return nil, err
	}
	f := i.File
	if f == nil {
		var err error
		if f, err = os.Open(i.Path); err != nil {
			return nil, err
		}
		defer f.Close() //nolint:errcheck // open for reading
	}
	defer runtime.KeepAlive(f)
	if err := i.Check(f); err != nil {
		return nil, err
	}
	if i.Backing == BackingLoop {
		return mountLoop(f)
	}
	mnt, err := mountErofs(procPath(f), f)
	// ENOTBLK may depend on the kernel or on the file system of the image, such as tmpfs, so the
	// answer is not kept for the next image.
	if i.Backing == BackingFile || !errors.Is(err, unix.ENOTBLK) {
		return mnt, err
	}
	return mountLoop(f)
}

// Check returns an error if the image, open as f, must have a fs-verity digest and has another one or none.
func (i *Image) Check(f *os.File) error {
	if i.Digest == nil {
		return nil
	}
	got, err := i.measure(f)
	if err == nil && got != *i.Digest {
		err = fmt.Errorf("its fs-verity digest is %s, want %s", got, i.Digest)
	}
	return err
}

func (i *Image) measure(f *os.File) (verity.Digest, error) {
	if i.Hash == nil {
		return i.Digest.Algorithm().Measure(f)
	}
	return i.Hash(f)
}

// mountErofs mounts the image that is at source and is also open as f.
func mountErofs(source string, f *os.File) (*os.File, error) {
	c, err := newContext("erofs")
	if err != nil {
		return nil, err
	}
	defer c.Close() //nolint:errcheck // nothing is written
	if source == procPath(f) {
		c.unnamed = source // callers name the image
	}
	options := []option{{"source", source}, {"ro", nil}}
	if withoutACLs(f) {
		options = append(options, option{"noacl", nil})
	}
	if err := c.set(options...); err != nil {
		return nil, err
	}
	return c.mount(ReadOnly)
}

func mountLoop(f *os.File) (*os.File, error) {
	loop, err := attachLoop(f)
	if err != nil {
		return nil, err
	}
	defer loop.Close() //nolint:errcheck // the mount keeps the device
	return mountErofs(loop.Name(), f)
}

// withoutACLs reports whether the header of a composefs image states that no file has an ACL. The mount
// then has noacl, as with the C tools. Source: struct lcfs_erofs_header_s of lcfs-erofs.h.
func withoutACLs(f *os.File) bool {
	const magic, hasACL = 0xd078629a, 1
	var header [12]byte // magic, version, flags
	if _, err := f.ReadAt(header[:], 0); err != nil {
		return false
	}
	return binary.LittleEndian.Uint32(header[:]) == magic && binary.LittleEndian.Uint32(header[8:])&hasACL == 0
}
