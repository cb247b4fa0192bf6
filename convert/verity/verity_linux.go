package verity

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Enable enables fs-verity for the file, with blocks of 4096 bytes. f must be open for reading only,
// and nobody may have the file open for writing. From then on the file is read-only. Enabling it
// again succeeds, even with another algorithm.
//
// Errors are of type *[os.PathError] and wrap [ErrFilesystem] or [ErrKernel] if one of these is the
// reason; ETXTBSY means that a process has the file open for writing.
func (a Algorithm) Enable(f *os.File) error {
	arg := unix.FsverityEnableArg{
		Version:        1,
		Hash_algorithm: uint32(a),
		Block_size:     BlockSize,
	}
	err := ioctl(f, unix.FS_IOC_ENABLE_VERITY, unsafe.Pointer(&arg))
	if err == nil || errors.Is(err, unix.EEXIST) {
		return nil
	}
	return &os.PathError{Op: "enable fs-verity", Path: f.Name(), Err: classify(f, err)}
}

// Measure returns the fs-verity digest that the kernel enforces for the file. It reads no data.
//
// Errors are of type *[os.PathError] and wrap [ErrFilesystem], [ErrKernel] or [ErrNotEnabled] if
// one of these is the reason. A digest by another algorithm is an error.
func (a Algorithm) Measure(f *os.File) (Digest, error) {
	d, err := Measure(f)
	if err == nil && d.Algorithm() != a {
		err = fmt.Errorf("digest is %s with %d bytes, want %s with %d", d.Algorithm(), d.Algorithm().Size(), a, a.Size())
		return Digest{}, &os.PathError{Op: "measure fs-verity", Path: f.Name(), Err: err}
	}
	return d, err
}

// Measure is [Algorithm.Measure] for any of the algorithms.
func Measure(f *os.File) (Digest, error) {
	var arg struct { // struct fsverity_digest, with room for the longest digest
		algorithm uint16
		size      uint16
		digest    [64]byte
	}
	arg.size = uint16(len(arg.digest))
	err := ioctl(f, unix.FS_IOC_MEASURE_VERITY, unsafe.Pointer(&arg))
	switch {
	case err != nil:
		err = classify(f, err)
	case algorithmOf(int(arg.size)) != Algorithm(arg.algorithm) || arg.size == 0:
		err = fmt.Errorf("digest is %s with %d bytes", Algorithm(arg.algorithm), arg.size)
	default:
		return NewDigest(arg.digest[:arg.size]), nil
	}
	return Digest{}, &os.PathError{Op: "measure fs-verity", Path: f.Name(), Err: err}
}

func ioctl(f *os.File, request uintptr, arg unsafe.Pointer) error {
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, f.Fd(), request, uintptr(arg))
	runtime.KeepAlive(f)
	if errno != 0 {
		return errno
	}
	return nil
}

// classify wraps an ioctl's errno in the reason: see "fs-verity ioctls" in the kernel's
// fsverity.rst. For EOPNOTSUPP it looks whether the kernel's driver of the file system supports
// fs-verity.
func classify(f *os.File, err error) error {
	switch {
	case errors.Is(err, unix.ENODATA):
		return fmt.Errorf("%w: %w", ErrNotEnabled, err)
	case errors.Is(err, unix.ENOTTY):
		return fmt.Errorf("%w: %w", ErrFilesystem, err)
	case errors.Is(err, unix.EINVAL) && blockSize(f) < BlockSize:
		return fmt.Errorf("%w with blocks of %d bytes: its own have %d", ErrFilesystem, BlockSize, blockSize(f))
	case errors.Is(err, unix.EOPNOTSUPP) && driverHasVerity(f):
		return fmt.Errorf("%w: %w", ErrFilesystem, err)
	case errors.Is(err, unix.EOPNOTSUPP), errors.Is(err, unix.ENOPKG): // ENOPKG: without the algorithm
		return fmt.Errorf("%w: %w", ErrKernel, err)
	}
	return err
}

// blockSize returns the block size of f's file system, which that of fs-verity must not exceed.
func blockSize(f *os.File) int64 {
	var st unix.Statfs_t
	if err := unix.Fstatfs(int(f.Fd()), &st); err != nil {
		return BlockSize
	}
	return int64(st.Bsize) //nolint:unconvert // 32 bits on some architectures
}

// driverHasVerity reports whether the kernel's driver of f's file system supports fs-verity, so
// that this one file system lacks it (for ext4: tune2fs -O verity). btrfs has no such switch.
func driverHasVerity(f *os.File) bool {
	var st unix.Statfs_t
	if err := unix.Fstatfs(int(f.Fd()), &st); err != nil {
		return false
	}
	feature := ""
	switch uint32(st.Type) {
	case unix.EXT4_SUPER_MAGIC:
		feature = "/sys/fs/ext4/features/verity"
	case unix.F2FS_SUPER_MAGIC:
		feature = "/sys/fs/f2fs/features/verity"
	}
	_, err := os.Stat(feature)
	return err == nil
}
