package mount

import (
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// attachLoop attaches a file to a free loop device, read-only, and returns the device. The kernel
// detaches the device after the last close or unmount, so the caller keeps it open until it is
// mounted. attachLoop never reuses a device that already has the file, because another process could
// detach it or make it writable.
func attachLoop(f *os.File) (*os.File, error) {
	control, err := os.OpenFile("/dev/loop-control", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer control.Close() //nolint:errcheck // nothing is written
	for try := range loopTries {
		n, err := unix.IoctlRetInt(int(control.Fd()), unix.LOOP_CTL_GET_FREE)
		if err != nil {
			return nil, os.NewSyscallError("LOOP_CTL_GET_FREE", err)
		}
		loop, err := configureLoop(fmt.Sprintf("/dev/loop%d", n), f)
		if !errors.Is(err, unix.EBUSY) && !errors.Is(err, unix.ENOENT) && !errors.Is(err, unix.ENXIO) {
			return loop, err
		}
		time.Sleep(time.Duration(min(try, 20)) * time.Millisecond)
	}
	return nil, fmt.Errorf("no free loop device after %d attempts: %w", loopTries, unix.EBUSY)
}

// loopTries is the number of attempts to get a free device. Another process may take the device first,
// or its node may not exist yet. All attempts with their pauses take a little over a second.
const loopTries = 64

func configureLoop(path string, f *os.File) (*os.File, error) {
	loop, err := os.OpenFile(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	config := unix.LoopConfig{Fd: uint32(f.Fd())}
	config.Info.Flags = unix.LO_FLAGS_READ_ONLY | unix.LO_FLAGS_AUTOCLEAR | unix.LO_FLAGS_DIRECT_IO
	copy(config.Info.File_name[:len(config.Info.File_name)-1], f.Name())
	err = unix.IoctlLoopConfigure(int(loop.Fd()), &config)
	if errors.Is(err, unix.EINVAL) { // no direct I/O with this file; most kernels just leave it out
		config.Info.Flags &^= unix.LO_FLAGS_DIRECT_IO
		err = unix.IoctlLoopConfigure(int(loop.Fd()), &config)
	}
	if err != nil {
		loop.Close() //nolint:errcheck // nothing is written
		return nil, &os.PathError{Op: "LOOP_CONFIGURE", Path: path, Err: err}
	}
	return loop, nil
}
