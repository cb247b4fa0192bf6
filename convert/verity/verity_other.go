//go:build !linux

package verity

import "os"

// Enable returns ErrKernel: fs-verity is a feature of Linux.
func (Algorithm) Enable(f *os.File) error {
	return &os.PathError{Op: "enable fs-verity", Path: f.Name(), Err: ErrKernel}
}

// Measure returns ErrKernel: fs-verity is a feature of Linux.
func (Algorithm) Measure(f *os.File) (Digest, error) { return Measure(f) }

// Measure returns ErrKernel: fs-verity is a feature of Linux.
func Measure(f *os.File) (Digest, error) {
	return Digest{}, &os.PathError{Op: "measure fs-verity", Path: f.Name(), Err: ErrKernel}
}
