package holder

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
)

// Device is the device of FUSE.
const Device = "/dev/fuse"

// Mount makes a detached read-only mount of an image, which a new holder serves. Like [mount.Erofs] it compares the
// digest of the image; it does so while the processes start, and nobody sees the mount before. Closing the file
// unmounts it unless it is attached, and the holder ends.
func Mount(img *mount.Image, place Place) (mnt *os.File, err error) {
	f := img.File
	if f == nil {
		if f, err = os.Open(img.Path); err != nil {
			return nil, err
		}
		defer f.Close() //nolint:errcheck // open for reading
	}
	checked := make(chan error, 1)
	go func() { checked <- img.Check(f) }()
	mnt, err = serveImage(f, place)
	if wrong := <-checked; wrong != nil {
		err = fmt.Errorf("image %q: %w", f.Name(), wrong)
	}
	if err != nil && mnt != nil {
		_ = mnt.Close() // it was not attached
		mnt = nil
	}
	return mnt, err
}

// serveImage makes a detached mount of an image, and starts its holder.
func serveImage(image *os.File, place Place) (mnt *os.File, err error) {
	device, err := os.OpenFile(Device, os.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer device.Close() //nolint:errcheck // the holder keeps it
	if mnt, err = mount.FUSE(device); err != nil {
		return nil, err
	}
	number, err := deviceOf(mnt)
	if err == nil {
		err = Start(image, device, number, place)
	}
	if err == nil {
		err = await(mnt)
	}
	if err != nil {
		return nil, errors.Join(err, mnt.Close())
	}
	return mnt, nil
}

// await waits until the kernel and the server have agreed on the protocol: only then can the mount be idmapped.
func await(mnt *os.File) error {
	var st unix.Statfs_t
	return os.NewSyscallError("fstatfs", unix.Fstatfs(int(mnt.Fd()), &st))
}

// deviceOf returns the device of a mount as in mountinfo. It does not ask the server.
func deviceOf(mnt *os.File) (string, error) {
	var st unix.Statx_t
	if err := unix.Statx(int(mnt.Fd()), "", unix.AT_EMPTY_PATH|unix.AT_STATX_DONT_SYNC, 0, &st); err != nil {
		return "", &os.PathError{Op: "statx", Path: "a FUSE mount", Err: err}
	}
	return fmt.Sprintf("%d:%d", st.Dev_major, st.Dev_minor), nil
}
