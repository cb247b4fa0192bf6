//go:build !linux

package verity

import "os"

// Enable returns ErrKernel: fs-verity is a feature of Linux.
func Enable(f *os.File) error {
	return &os.PathError{Op: "enable fs-verity", Path: f.Name(), Err: ErrKernel}
}

// EnableWith returns ErrKernel: fs-verity is a feature of Linux.
func EnableWith(f *os.File, _ Algorithm) error { return Enable(f) }

// Measure returns ErrKernel: fs-verity is a feature of Linux.
func Measure(f *os.File) (Digest, error) {
	return Digest{}, &os.PathError{Op: "measure fs-verity", Path: f.Name(), Err: ErrKernel}
}
